import GustSocketIO

/// What the page shows of the whole server; sent each second.
struct Summary: Encodable {
    /// How many namespaces, rooms and slow handlers are sent at most.
    static let maximumCount = 100

    struct Transport: Encodable {
        var name: String
        var open: Int
        var packetsIn: Int
        var packetsOut: Int
        var bytesIn: Int
        var bytesOut: Int
    }

    /// A number with the name of what was counted.
    struct Count: Encodable {
        var name: String
        var count: Int
    }

    /// The times of the handlers of one event, in milliseconds.
    struct Handler: Encodable {
        var namespace: String
        var event: String
        var count: Int
        var average: Double
        var longest: Double
    }

    var connections: Int
    var sockets: Int
    var total: Int
    var viewers: Int
    var memory: Int?
    /// nil in the first summary.
    var rates: Rates?
    var transports: [Transport]
    var revisions: [Count]
    var loops: [LoopObservation]
    var namespaces: [ServerObservation.NamespaceSize]
    var namespaceCount: Int
    var rooms: [RoomSize]
    /// Connections that were refused, by the bound that was reached.
    var refusedConnections: [Count]
    var refusedPackets: Int
    var droppedPackets: Int
    var handlers: [Handler]

    init(_ observation: ServerObservation, _ rates: Rates?, _ times: [HandlerTimes.Entry], viewers: Int) {
        let statistics = observation.statistics
        connections = statistics.open
        sockets = statistics.sockets
        total = statistics.total
        self.viewers = viewers
        memory = observation.memory
        self.rates = rates
        transports = statistics.byTransport.sorted { $0.key < $1.key }.map { name, transport in
            Transport(
                name: name,
                open: transport.open,
                packetsIn: transport.packetsIn,
                packetsOut: transport.packetsOut,
                bytesIn: transport.bytesIn,
                bytesOut: transport.bytesOut
            )
        }
        revisions = Self.counts(observation.byRevision)
        loops = observation.loops
        namespaces = observation.namespaces
        namespaceCount = observation.namespaceCount
        rooms = observation.rooms
        refusedConnections = Self.counts(statistics.refusedConnections)
        refusedPackets = statistics.refused
        droppedPackets = statistics.dropped
        handlers = times.prefix(Self.maximumCount).map { entry in
            Handler(
                namespace: entry.namespace,
                event: entry.event,
                count: entry.count,
                average: entry.total / .milliseconds(1) / Double(max(entry.count, 1)),
                longest: entry.longest / .milliseconds(1)
            )
        }
    }

    // bytes: our own names
    private static func counts(_ counts: [String: Int]) -> [Count] {
        counts.sorted { $0.key < $1.key }.map { Count(name: $0.key, count: $0.value) }
    }
}
