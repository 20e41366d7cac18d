#include "CBrowserClient.h"

// #embed is of C23, and clang 19 and later have it in all modes. SwiftPM's own `.embedInCode` makes an array literal of each file,
// which takes the Swift compiler 18 seconds and 850 KB of object code for socket.io.js alone; this takes a tenth of a second.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char socket_io_js[] = {
#embed "../../public/socket.io.js"
};

static const unsigned char socket_io_esm_js[] = {
#embed "../../public/socket.io.esm.js"
};

struct embedded_file gust_socket_io_js(void) {
    return (struct embedded_file){socket_io_js, sizeof socket_io_js};
}

struct embedded_file gust_socket_io_esm_js(void) {
    return (struct embedded_file){socket_io_esm_js, sizeof socket_io_esm_js};
}
