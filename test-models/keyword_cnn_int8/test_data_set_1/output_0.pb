
BkeywordsJ
‚©„«…Š€€ƒ