import ArgumentParser
import Gust
import GustDashboard
import GustForwarding
import GustMetrics
import GustWeb

#if Redis
import GustRedis
#endif
#if TLS
import GustTLS
#endif

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server for benchmarks and external conformance tests: an ordinary Gust application.
@main
struct EchoServer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Echoes messages over HTTP, WebSocket and Socket.IO."
    )

    @Option(help: "The port to listen on; 0 picks a free one.") var port = 3_000
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Flag(help: "The settings that the official protocol suites expect.") var suite = false
    @Flag(help: "Don't emit the event auth to new sockets.") var noAuth = false
    @Option(help: "The protocol revisions to accept, such as 4,3.") var revisions: String?
    @Option(help: "The transports to offer, such as polling,websocket.") var transports: String?
    @Option(help: "How often to ping, in milliseconds.") var pingInterval: Int?
    @Option(help: "How long a pong may take, in milliseconds.") var pingTimeout: Int?
    @Option(help: "The longest payload, in bytes.") var maxPayload: Int?
    @Option(help: "The most rooms of one socket.") var maxRooms: Int?
    @Option(help: "How many routes with an expression there are, such as /r0/users/42.") var routes = 500
    @Flag(help: "Show the dashboard at /dashboard, to everybody.") var dashboard = false
    @Flag(help: "Accept permessage-deflate.") var deflate = false
    @Flag(help: "Encode the packets of clients of Socket.IO 3 and later in MessagePack.") var messagePack = false
    @Flag(help: "Keep the sockets of lost connections for two minutes, with at most 1,000 packets each.") var recovery =
        false
    @Flag(help: "Measure events and requests, and answer /metrics for Prometheus.") var metrics = false
    @Option(help: "A PEM file with the certificate of the server; the port speaks TLS then. Needs the trait TLS.")
    var tlsCertificate: String?
    @Option(help: "A PEM file with the key of the certificate.") var tlsKey: String?
    @Option(
        help: "Forwards requests to other servers: by a folder that they share, or with --redis by `tcp` or `bus`."
    )
    var forwarding: String?
    @Option(help: "The port of a Redis on this machine, over which servers share their rooms. Needs the trait Redis.")
    var redis: Int?
    @Option(help: "The adapter for --redis: redis, redis-sharded or redis-streams.") var adapter = "redis"
    // The official suites send on two connections at once and expect that the server handles them in that order.
    @Option(help: "How many event loops to run; by default one for each core, and one with --suite.") var loops: Int?

    func run() async throws {
        var settings = try settings()
        let registry = metrics ? PrometheusRegistry() : nil
        settings.metrics = registry
        settings.metricsInterval = .seconds(1)
        let cluster = try cluster(&settings)
        let io = SocketIO(settings)
        EchoEvents(io: io, isSuite: suite, sendsAuth: !noAuth, cluster: cluster).register()

        var app = Application()
        if let registry {
            app.use(HTTPMetrics(registry))
            app.get("/metrics", use: registry.handler)
        }
        app.use(CORS())
        app.add(io.routes())
        // Both endpoints have a namespace `/`, and only one can be in the cluster.
        var settingsForMessages = settings
        settingsForMessages.adapter = nil
        let messages = SocketIO(settingsForMessages)
        EchoEvents.registerMessages(on: messages)
        app.add(messages.routes("echoTest", extraRE: "(?P<sec_a>123)(?P<sec_b>.*)"))
        if suite {
            let engine = EngineIO(settings)
            engine.onConnect { socket in socket.onMessage { socket.send($0) } }
            app.add(engine.routes("engine.io"))
        }
        if dashboard { app.add(Dashboard(of: io).openRoutes("/dashboard")) }
        PlainRoutes(count: routes, deflate: deflate).register(on: &app)
        let statistics = ServerStatistics([io, messages])
        app.get("/stats") { _ in JSON(statistics.current) }

        var configuration = HTTPServer.Configuration(
            host: host,
            port: port,
            loops: loops ?? (suite ? 1 : System.coreCount)
        )
        // Before Flash connects, it requests its policy on this port too.
        configuration.flashPolicy = .standard
        configuration.onListening = { address in
            cluster?.port = address.port ?? 0
            print("listening \(address.port ?? 0)")
            // Output to a pipe is buffered, and the parent process waits for this line.
            fflush(nil)
        }
        let server = try server(app, configuration)
        statistics.watch(server)
        try await app.run(server)
        await cluster?.close()
    }

    /// The cluster that the server joins; nil without `--redis`.
    private func cluster(_ settings: inout SocketIOSettings) throws -> EchoCluster? {
        guard let redis else { return nil }
        let cluster = try EchoCluster(redisPort: redis, adapter: adapter, &settings)
        if let forwarding { try cluster.forward(by: forwarding, &settings) }
        return cluster
    }

    /// The server, over TLS if there is a certificate.
    private func server(_ app: Application, _ configuration: HTTPServer.Configuration) throws -> HTTPServer {
        switch (tlsCertificate, tlsKey) {
        case (nil, nil): return try app.server(configuration)
        case (let certificate?, let key?):
            #if TLS
            return try app.server(configuration, tls: .files(certificate: certificate, key: key))
            #else
            throw ValidationError(
                "\(certificate) and \(key) can't be used: build with --traits TLS (or --enable-all-traits)"
            )
            #endif
        default: throw ValidationError("--tls-certificate and --tls-key belong together")
        }
    }

    private func settings() throws -> SocketIOSettings {
        var settings = SocketIOSettings()
        if deflate { settings.deflate = WebSocketDeflate() }
        // All connections of a benchmark come from one address.
        settings.maximumConnections = 0
        settings.maximumConnectionsPerAddress = 0
        if suite {
            settings.pingInterval = .milliseconds(300)
            settings.pingTimeout = .milliseconds(200)
            settings.connectTimeout = .milliseconds(1_000)
            // The official suites require that only one revision of Engine.IO is accepted.
            settings.revisions.removeAll { $0 == .engineIO3 }
        }
        if let revisions {
            // bytes: a command-line option of the operator.
            let names = revisions.split(separator: ",").map(String.init)
            settings.revisions = Revision.all.filter { names.contains($0.name) }
        }
        // bytes: a command-line option of the operator.
        if let transports { settings.transports = Set(transports.split(separator: ",").map(String.init)) }
        if let pingInterval { settings.pingInterval = .milliseconds(pingInterval) }
        if let pingTimeout { settings.pingTimeout = .milliseconds(pingTimeout) }
        if let maxPayload { settings.maximumPayload = maxPayload }
        if let maxRooms { settings.maximumRooms = maxRooms }
        if messagePack { settings.parser = .messagePack }
        if recovery { settings.recovery = SocketIOSettings.Recovery() }
        // The folder is the secret: who may write to it may connect to the processes.
        if let forwarding, redis == nil {
            settings.forwarding = try SessionForwarding(secret: "EchoServer in \(forwarding)", folder: forwarding)
        }
        return settings
    }
}
