
BoutputJ(î\;zm¼:½)H?ÑDq<RI>Yy›6Ÿ$8VÆŒ9@3¼7<'×: