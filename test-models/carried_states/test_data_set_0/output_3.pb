B
older_nextJ3%¯:»Ë‚½h"Í:ëž3¿xû#?Yì¶¾