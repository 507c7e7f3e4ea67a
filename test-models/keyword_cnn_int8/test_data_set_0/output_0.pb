
BkeywordsJ
Î€±Ÿ¦šŸ€