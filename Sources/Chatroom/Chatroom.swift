import ArgumentParser
import Gust

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A chat room in the browser: pages, files and a Socket.IO endpoint on one server.
@main
struct Chatroom: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "A chat room in the browser. Run it in the project's directory, where Templates and public are."
    )

    @Option(help: "The port to listen on, else that of the variable PORT; 0 picks a free one.")
    var port = environment("PORT").flatMap(Int.init) ?? 8_888

    @Option(help: "The address to listen on, else that of the variable HOST.")
    var host = environment("HOST") ?? "127.0.0.1"

    @Option(help: "Addresses of proxies in front, such as 10.0.0.0/8, that say where a visitor comes from.")
    var proxies: [String] = []

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is between 0 and 65535") }
    }

    func run() async throws {
        let hall = Hall()
        var settings = SocketIOSettings()
        // A person types slower; a burst is what a page sends that comes back.
        settings.eventRate = EventRate(perSecond: 20, burst: 200)
        let io = SocketIO(settings)
        ChatEvents(hall: hall).register(on: io)

        var app = Application()
        // Without it all visitors of a proxy are one, and the bounds of one visitor hold for all.
        if !proxies.isEmpty { app.use(try TrustedProxies(proxies, reading: .xForwarded(.for, .proto))) }
        let templates = try Templates(directory: "Templates")
        ChatPages(hall: hall, templates: templates).register(on: &app)
        app.get(#"/static/(?P<path>.+)"#, use: .files("public"))
        // One endpoint for all rooms: which one is a capture, as in any other route.
        app.add(io.routes("live", extraRE: ChatPages.room, client: ClientFiles()))

        let host = host
        var configuration = HTTPServer.Configuration(host: host, port: port)
        configuration.onListening = { address in
            // Nobody can open "http://0.0.0.0/", and IPv6 addresses stand in brackets.
            let isAnywhere = host == "0.0.0.0" || host == "::"
            let name = isAnywhere ? "localhost" : host.contains(":") ? "[\(host)]" : host
            print("The chat room is open: http://\(name):\(address.port ?? 0)/")
            // A pipe is buffered: whoever started us waits for this line.
            fflush(nil)
        }
        try await app.run(configuration)
    }
}

/// The value of an environment variable; nil if it is empty or not set.
private func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}
