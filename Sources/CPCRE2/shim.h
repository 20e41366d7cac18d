// PCRE2 has one set of names per code unit width; Gust matches bytes.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
