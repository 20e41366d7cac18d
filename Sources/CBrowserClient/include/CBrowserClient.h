#include <stddef.h>

/// The bytes of a file of the repository, as they were when this module was compiled.
struct embedded_file {
    const unsigned char *bytes;
    size_t length;
};

/// `public/socket.io.js`.
struct embedded_file gust_socket_io_js(void);

/// `public/socket.io.esm.js`.
struct embedded_file gust_socket_io_esm_js(void);
