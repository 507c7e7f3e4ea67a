
BprobabilitiesJ(Qİ’7;	ĞA5•8Á7|?T‡ü8LB17šÊ:ÃV<S-;