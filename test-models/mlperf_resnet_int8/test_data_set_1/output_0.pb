
BoutputJ
’‹Ş¶˜•