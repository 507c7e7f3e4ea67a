
BoutputJ
€Bƒ¹€€€€€