// zlib, the system library. Nothing else belongs here.
#include <zlib.h>
