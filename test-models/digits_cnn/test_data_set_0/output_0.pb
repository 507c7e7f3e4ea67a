
BprobabilitiesJ(x½•8›¼9Aä¾9i¦•<ŒZH9ÊP?“ÐÇ8m=-;^}P:{ %>