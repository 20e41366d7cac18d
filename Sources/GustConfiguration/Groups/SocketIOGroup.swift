#if Configuration
import GustHTTP
public import GustSocketIO
import GustWire

/// The settings of Socket.IO: `socketIO`.
///
/// ```swift
/// let io = SocketIO(settings.gust.socketIO.settings)
/// ```
public struct SocketIOGroup: SettingsGroup {
    /// The names of revisions, as in URLs and documents.
    public enum RevisionName: String, CaseIterable, SettingValue {
        /// Engine.IO 4: clients of Socket.IO 3 and later.
        case engineIO4 = "4"
        /// Engine.IO 3: clients of Socket.IO 1 and 2.
        case engineIO3 = "3"
        /// Clients of Socket.IO 0.7 to 0.9.
        case socketIO09 = "0.9"
        /// Clients of Socket.IO 0.6.
        case socketIO06 = "0.6"
    }

    /// The names of transports.
    public enum TransportName: String, CaseIterable, SettingValue {
        /// Polls.
        case polling
        /// WebSockets.
        case websocket
        /// The transports of clients before 1.0.
        case flashsocket, htmlfile
        case xhrPolling = "xhr-polling"
        case jsonpPolling = "jsonp-polling"
        case xhrMultipart = "xhr-multipart"
    }

    /// The settings; set what isn't a setting, such as closures and stores, before the server is made.
    public var settings = SocketIOSettings()

    /// Makes the defaults.
    public init() {
        readClients()
        readTimes()
        readLimits()
        readOutbox()
        readRecovery()
    }

    private mutating func readClients() {
        let keys = SettingsKeys("socketIO")
        var origins: [String] = []
        keys.read(
            "origins",
            into: &origins,
            "The origins of the pages that may connect, such as https://example.com; empty for all"
        )
        if !origins.isEmpty { settings.origins = .list(origins) }
        var revisions = RevisionName.allCases
        keys.read("revisions", into: &revisions, "The protocol revisions that are served")
        let names = revisions.map(\.rawValue)
        settings.revisions = Revision.all.filter { names.contains($0.name) }
        var transports = TransportName.allCases
        keys.read("transports", into: &transports, "The transports that are offered")
        settings.transports = Set(transports.map(\.rawValue))
        keys.read("upgrades", into: &settings.allowsUpgrades, "Whether a polling client may upgrade to WebSocket")
        var isCompressed = settings.deflate != nil
        keys.read(
            "deflate",
            into: &isCompressed,
            "Whether messages of WebSockets are compressed for clients that offer it"
        )
        settings.deflate = isCompressed ? settings.deflate ?? WebSocketDeflate() : nil
        keys.read(
            "endsWithSession",
            into: &settings.endsWithSession,
            "Whether a connection is closed when the session of its browser ends"
        )
    }

    private mutating func readTimes() {
        let keys = SettingsKeys("socketIO")
        keys.read(
            "pingInterval",
            into: &settings.pingInterval,
            "The time between two heartbeats; none for each revision's default"
        )
        keys.read(
            "pingTimeout",
            into: &settings.pingTimeout,
            "How long the answer to a heartbeat may take; none for each revision's default"
        )
        keys.read("upgradeTimeout", into: &settings.upgradeTimeout, "How long an upgrade may take")
        keys.read(
            "connectTimeout",
            into: &settings.connectTimeout,
            "How long a connection may stay without a namespace"
        )
        keys.read(
            "closeTimeout",
            into: &settings.closeTimeout,
            "How long a closed polling connection waits for a poll; none for each revision's default"
        )
    }

    private mutating func readLimits() {
        let keys = SettingsKeys("socketIO")
        keys.readSize("maximumPayload", into: &settings.maximumPayload, "The longest message or body of a POST")
        keys.read(
            "maximumAttachments",
            into: &settings.maximumAttachments,
            "The most binary attachments of an event",
            in: 0...Int.max
        )
        keys.readSize(
            "maximumAttachmentBytes",
            into: &settings.maximumAttachmentBytes,
            "The longest attachments of an event together"
        )
        keys.read(
            "maximumConnections",
            into: &settings.maximumConnections,
            "The most open connections; 0 for no limit",
            in: 0...Int.max
        )
        keys.read(
            "maximumConnectionsPerAddress",
            into: &settings.maximumConnectionsPerAddress,
            "The most open connections from one address; 0 for no limit",
            in: 0...Int.max
        )
        keys.read(
            "maximumNamespaces",
            into: &settings.maximumNamespaces,
            "The most namespaces of one client",
            in: 1...Int.max
        )
        keys.read("maximumRooms", into: &settings.maximumRooms, "The most rooms of one socket", in: 1...Int.max)
        keys.read(
            "maximumAcknowledgements",
            into: &settings.maximumAcknowledgements,
            "The most outstanding acknowledgements of one client",
            in: 1...Int.max
        )
        keys.read(
            "maximumSuspendedHandlers",
            into: &settings.maximumSuspendedHandlers,
            "The most async handlers of one connection that are suspended at once",
            in: 1...Int.max
        )
        keys.read(
            "maximumLag",
            into: &settings.load.maximumLag,
            "How late an event loop may be before it accepts no further connections"
        )
        var memory = settings.load.maximumMemory.map { ByteCount($0) }
        keys.read(
            "maximumMemory",
            into: &memory,
            "How much memory the process may use before it accepts no further connections"
        )
        settings.load.maximumMemory = memory?.bytes
        var perSecond = settings.eventRate?.perSecond
        keys.read("eventRate", into: &perSecond, "How many events a client may send in a second") { rate in
            rate.map { $0 > 0 } ?? true ? nil : "a number of more than 0, or none"
        }
        var burst = 100
        keys.read(
            "eventBurst",
            into: &burst,
            "With socketIO.eventRate, how many events a client may send at once",
            in: 1...Int.max
        )
        settings.eventRate = perSecond.map { EventRate(perSecond: $0, burst: burst) }
    }

    private mutating func readOutbox() {
        let keys = SettingsKeys("socketIO.outbox")
        keys.readSize("maximumBytes", into: &settings.outbox.maximumBytes, "How much may wait to be sent to one client")
        keys.read(
            "maximumPackets",
            into: &settings.outbox.maximumPackets,
            "How many packets may wait to be sent to one client",
            in: 1...Int.max
        )
    }

    private mutating func readRecovery() {
        let keys = SettingsKeys("socketIO.recovery")
        var recovery = SocketIOSettings.Recovery()
        var isOn = false
        keys.read("enabled", into: &isOn, "Whether clients continue their sockets after a lost connection")
        keys.read("duration", into: &recovery.duration, "How long the socket of a lost connection is kept")
        keys.read(
            "maximumPackets",
            into: &recovery.maximumPackets,
            "The most events that are kept for a socket",
            in: 1...Int.max
        )
        keys.readSize("maximumBytes", into: &recovery.maximumBytes, "How much is kept for a socket")
        keys.read(
            "maximumSockets",
            into: &recovery.maximumSockets,
            "The most sockets of lost connections",
            in: 1...Int.max
        )
        if isOn { settings.recovery = recovery }
    }
}
#endif
