B
older_nextJŒ†v>ä¯’<ç˜Î¾i}>çíç¾çr==