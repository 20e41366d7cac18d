#include <stddef.h>

/// A file of the dashboard's page, with its bytes as they were when this module was compiled.
struct dashboard_file {
    const char *name;
    const unsigned char *bytes;
    size_t length;
};

/// How many files there are.
size_t gust_dashboard_file_count(void);

/// The file at an index less than the count.
struct dashboard_file gust_dashboard_file(size_t index);
