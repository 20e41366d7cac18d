#include "CDashboardPage.h"

// As in CBrowserClient: #embed is of C23, and clang 19 and later have it in all modes.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char dashboard_html[] = {
#embed "page/dashboard.html"
};

static const unsigned char dashboard_css[] = {
#embed "page/dashboard.css"
};

static const unsigned char dashboard_js[] = {
#embed "page/dashboard.js"
};

static const unsigned char actions_js[] = {
#embed "page/actions.js"
};

static const unsigned char chart_js[] = {
#embed "page/chart.js"
};

static const unsigned char dom_js[] = {
#embed "page/dom.js"
};

static const unsigned char packets_js[] = {
#embed "page/packets.js"
};

static const unsigned char sockets_js[] = {
#embed "page/sockets.js"
};

static const unsigned char icon_svg[] = {
#embed "page/icon.svg"
};

static const struct dashboard_file files[] = {
    {"dashboard.html", dashboard_html, sizeof dashboard_html},
    {"dashboard.css", dashboard_css, sizeof dashboard_css},
    {"dashboard.js", dashboard_js, sizeof dashboard_js},
    {"actions.js", actions_js, sizeof actions_js},
    {"chart.js", chart_js, sizeof chart_js},
    {"dom.js", dom_js, sizeof dom_js},
    {"packets.js", packets_js, sizeof packets_js},
    {"sockets.js", sockets_js, sizeof sockets_js},
    {"icon.svg", icon_svg, sizeof icon_svg},
};

size_t gust_dashboard_file_count(void) { return sizeof files / sizeof *files; }

struct dashboard_file gust_dashboard_file(size_t index) { return files[index]; }
