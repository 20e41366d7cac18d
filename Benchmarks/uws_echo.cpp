/* The servers of uWebSockets that Gust is compared with: an echo of WebSocket messages at every path, in which a message that begins with B goes
 * to all clients, GET / and GET /users/:id. usage: uws_echo [--port] PORT
 *
 * scripts/tools builds it if UWEBSOCKETS is a folder with the sources of uWebSockets, and in it uSockets. */
#include <cstdlib>

#include "App.h"

struct Client {};

int main(int argc, char **argv) {
  uWS::App app;
  app.get("/", [](auto *response, auto *) { response->end("ok"); });
  app.get("/users/:id", [](auto *response, auto *request) { response->end(request->getParameter(0)); });
  app.ws<Client>("/*", {.compression = uWS::DISABLED,
                        .maxBackpressure = 16 * 1024 * 1024,
                        .open = [](auto *socket) { socket->subscribe("all"); },
                        .message = [&app](auto *socket, std::string_view message, uWS::OpCode code) {
                          if (message.starts_with('B')) app.publish("all", message, code, false);
                          else socket->send(message, code, false);
                        }});
  app.listen("127.0.0.1", atoi(argv[argc - 1]), [](auto *listener) { if (!listener) exit(1); });
  app.run();
}
