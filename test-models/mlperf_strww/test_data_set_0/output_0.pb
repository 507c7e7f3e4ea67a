BoutputJ
”o?êo=ô²½;