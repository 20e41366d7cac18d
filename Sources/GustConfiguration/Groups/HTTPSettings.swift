#if Configuration
import GustHTTP
import GustServer
public import GustServing

/// The settings of the server: `http` and `drain`.
public struct HTTPSettings: SettingsGroup {
    /// The address to listen on.
    public var host = "127.0.0.1"
    /// The port to listen on; 0 picks a free port.
    public var port = 8_080
    /// All addresses to listen on; if it is empty, ``host`` and ``port`` are used.
    public var listen: [ListenAddress] = []
    /// The addresses of proxies that send a header of the PROXY protocol; empty for none.
    public var proxyProtocol: [String] = []
    /// The limits, loops and options of the server, and how it stops.
    ///
    /// Set what isn't a setting, such as health checks with a database, before the application is run.
    public var serving = ServingSettings()

    /// Makes the defaults.
    public init() {
        readAddresses()
        readLimits()
        readDrain()
    }

    /// Where to listen.
    ///
    /// - Throws: `ServingError` if the address of a proxy is malformed.
    public func listeners() throws -> [Listener] {
        let addresses = listen.isEmpty ? [ListenAddress.tcp(host, port: port)] : listen
        return try addresses.map { address in
            let listener = address.listener
            return proxyProtocol.isEmpty ? listener : try listener.behindProxies(proxyProtocol)
        }
    }

    private mutating func readAddresses() {
        let keys = SettingsKeys("http")
        keys.read("host", into: &host, "The address to listen on; 0.0.0.0 or :: for all addresses")
        keys.read("port", into: &port, "The port to listen on; 0 picks a free port", in: 0...65_535)
        keys.read("listen", into: &listen, "The addresses to listen on, in place of http.host and http.port")
        keys.read(
            "proxyProtocol",
            into: &proxyProtocol,
            "The addresses of proxies that send a header of the PROXY protocol, such as 10.0.0.0/8"
        ) { proxies in
            proxies.allSatisfy { (try? AddressRange($0)) != nil } ? nil : "addresses such as 10.0.0.1 or 10.0.0.0/8"
        }
        keys.read(
            "loops",
            into: &serving.server.loops,
            "How many event loops there are",
            in: 1...1_024,
            standard: "one for each core"
        )
        keys.read(
            "webSocketDrafts",
            into: &serving.server.acceptsWebSocketDrafts,
            "Whether browsers from before 2012 can open WebSockets"
        )
        var isRestarted = false
        keys.read("restart", into: &isRestarted, "Whether SIGUSR2 replaces the process without losing a request")
        if isRestarted { serving.restart = Restart() }
        var hasHealth = false
        keys.read("health", into: &hasHealth, "Whether /health and /ready are answered")
        if hasHealth { serving.health = Health() }
    }

    private mutating func readLimits() {
        let keys = SettingsKeys("http")
        keys.readSize("targetLength", into: &serving.server.limits.targetLength, "The longest target of a request")
        keys.readSize("fieldLength", into: &serving.server.limits.fieldLength, "The longest header field")
        keys.readSize("headLength", into: &serving.server.limits.headLength, "The longest head of a request")
        keys.read("fieldCount", into: &serving.server.limits.fieldCount, "The most header fields", in: 1...10_000)
        keys.read("headTimeout", into: &serving.server.limits.headTimeout, "The deadline of a head")
        keys.read(
            "bodyTimeout",
            into: &serving.server.limits.bodyTimeout,
            "The time in which http.bodyProgress bytes of a body must be received"
        )
        keys.readSize(
            "bodyProgress",
            into: &serving.server.limits.bodyProgress,
            "How much of a body must be received within http.bodyTimeout"
        )
        keys.read(
            "idleTimeout",
            into: &serving.server.limits.idleTimeout,
            "How long a connection may wait for its next request"
        )
        keys.read(
            "writeTimeout",
            into: &serving.server.limits.writeTimeout,
            "How long a peer may read nothing while output waits for it"
        )
        keys.read(
            "maximumConnections",
            into: &serving.server.limits.maximumConnections,
            "The most open connections; 0 for no limit",
            in: 0...Int.max
        )
        keys.read(
            "maximumConnectionsPerAddress",
            into: &serving.server.limits.maximumConnectionsPerAddress,
            "The most open connections from one address; 0 for no limit",
            in: 0...Int.max
        )
    }

    private mutating func readDrain() {
        let keys = SettingsKeys("drain")
        keys.read(
            "delay",
            into: &serving.drain.delay,
            "How long a stopping server goes on, so that load balancers notice"
        )
        keys.read("window", into: &serving.drain.window, "The time in which a stopping server closes its connections")
        keys.read("deadline", into: &serving.drain.deadline, "The longest time for which a stopping server waits")
    }
}
#endif
