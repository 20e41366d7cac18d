import ArgumentParser
import Gust
import GustDashboard
import GustPresence
import GustWeb

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

    @Option(help: "The port to listen on; 0 picks a free port. The default is the environment variable PORT.")
    var port = environment("PORT").flatMap(Int.init) ?? 8_888

    @Option(help: "The address to listen on. The default is the environment variable HOST.")
    var host = environment("HOST") ?? "127.0.0.1"

    @Option(help: "Addresses of trusted proxies, such as 10.0.0.0/8, that send X-Forwarded-For and -Proto.")
    var proxies: [String] = []

    @Option(
        help:
            "The port of a Redis on this machine that connects several servers. Needs the trait Redis; see make cluster."
    )
    var redis: Int?

    @Option(help: "A secret of all servers of a cluster. The default is the environment variable SECRET.")
    var secret = environment("SECRET") ?? ""

    @Option(help: "Print the events as types for TypeScript, or as AsyncAPI, and end.")
    var contract: ChatContract.Format?

    @Option(help: "Shows what happens at /dashboard, to the user admin with this password, who may also act there.")
    var dashboard: String?

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port is between 0 and 65535") }
        guard redis == nil || secret.utf8.count >= 16 else {
            throw ValidationError("--redis needs a --secret of at least 16 bytes")
        }
    }

    func run() async throws {
        if let contract { return print(try ChatContract().document(contract), terminator: "") }
        var settings = SocketIOSettings()
        // A person sends fewer events per second. A page sends a burst of events when it reconnects.
        settings.eventRate = EventRate(perSecond: 20, burst: 200)
        let cluster = try redis.map { try ChatCluster(redisPort: $0, secret: secret, &settings) }
        let io = SocketIO(settings)
        let presence = Presence<Person>(of: io["/"])
        let hall = Hall(presence)
        let events = ChatEvents(hall: hall, presence: presence)
        events.register(on: io)

        var app = Application()
        // Without it, all visitors behind a proxy have one address, and share the limits of one visitor.
        if !proxies.isEmpty { app.use(try TrustedProxies(proxies, reading: .xForwarded(.for, .proto))) }
        app.use(try Templates(directory: "Templates"))
        ChatPages(hall: hall).register(on: &app)
        app.get(#"/static/(?P<path>.+)"#, use: .files("public"))
        // One endpoint serves all rooms; the room is a capture of the route.
        app.add(io.routes("live", extraRE: ChatPages.room))
        if let dashboard {
            var settings = DashboardSettings()
            settings.allowsActions = true
            let password = BasicAuthentication(realm: "Dashboard", users: ["admin": dashboard])
            app.add(Dashboard(of: io, settings).routes("/dashboard", through: password))
        }

        let host = host
        var configuration = HTTPServer.Configuration(host: host, port: port)
        configuration.onListening = { address in
            // Browsers can't open "http://0.0.0.0/". In a URL, an IPv6 address has brackets.
            let isAnywhere = host == "0.0.0.0" || host == "::"
            let name = isAnywhere ? "localhost" : host.contains(":") ? "[\(host)]" : host
            print("The chat room is open: http://\(name):\(address.port ?? 0)/")
            // Output to a pipe is buffered, and the parent process may wait for this line.
            fflush(nil)
        }
        if cluster != nil { try await events.fetchHistory(from: io) }
        try await app.run(configuration)
        await cluster?.close()
    }
}

/// The value of an environment variable; nil if it is empty or isn't set.
private func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
}
