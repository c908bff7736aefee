// libpcre2 with 8-bit code units (UTF-8), the system library. Nothing else belongs here.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
