import GustClientWire
import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// A client in one namespace of its server: sends events, and hands the server's events to handlers and sequences.
///
/// All methods may be called from any thread. Handlers are called on the client's event loop, in the order of the events.
///
/// `@unchecked Sendable`: the constants and `status` may be used anywhere, everything else on the client's loop only.
public final class ClientSocket: @unchecked Sendable {
    /// How far the socket is.
    enum Phase: Equatable {
        /// It isn't connected and doesn't want to be.
        case idle
        /// It waits for the connection.
        case waiting
        /// It has asked for its namespace.
        case joining
        /// It is connected.
        case joined
    }

    /// What other threads may ask for.
    struct Status {
        var id: String?
        var isConnected = false
        var isRecovered = false
    }

    /// Makes the payload of CONNECT before each attempt.
    typealias Credentials = @Sendable () async throws -> JSONSlice?

    /// The namespace.
    public let namespace: String
    /// The length of the namespace in bytes; 1 is `/`.
    let namespaceLength: Int
    let connection: ClientConnection
    let status = Mutex(Status())
    private(set) var credentials: Credentials?

    var phase = Phase.idle {
        didSet { connection.keep(self) }
    }
    /// The id with which the socket can be continued, and the offset of the last event that was received; nil without recovery.
    var recovery: (pid: String, offset: JSONSlice?)?
    /// What waits for the connection, in order.
    var waiting: [KeptOutgoing] = []
    var waitingBytes = 0
    /// Events that arrive before the server's answer: those that were missed.
    var early: [Packet] = []
    var earlyBytes = 0
    /// Counts the questions for credentials, so that a late answer isn't taken for that of the next one.
    var joins = 0
    /// Whether CONNECT was sent since the connection was opened.
    var hasAskedToJoin = false
    /// When the server was told that the socket leaves, and in which connection.
    var lastFarewell: (session: Int, at: NIODeadline)?
    var acknowledgements = PendingAcknowledgements()
    var acknowledgementTimer: Scheduled<Void>?
    var joinTimer: Scheduled<Void>?
    /// Asks the program for the payload of CONNECT.
    var joinTask: Task<Void, Never>?
    var retried = RetriedEvents()
    let handlers = HandlerTable()
    let messageHandlers = CallbackList<Message>()
    let outgoingHandlers = CallbackList<(String, Arguments)>()
    let connectHandlers = CallbackList<ClientSocket>()
    let disconnectHandlers = CallbackList<DisconnectReason>()
    let refusalHandlers = CallbackList<ClientError>()
    var sequences: [ObjectIdentifier: any EventReceiver] = [:]
    var joinWaiters: [Waiter] = []

    init(_ namespace: String, _ connection: ClientConnection) {
        self.namespace = namespace
        namespaceLength = namespace.utf8.count
        self.connection = connection
    }

    /// The client of the socket.
    public var client: SocketClient { SocketClient(connection) }

    /// The socket's id on the server; nil while it isn't connected.
    public var id: String? { status.withLock { $0.id } }

    /// Whether the socket is connected.
    public var isConnected: Bool { status.withLock { $0.isConnected } }

    /// Whether the last connection continued the one before: the server has sent what was missed, and the socket is in the same
    /// rooms (socket.io 4.6 and later, Gust).
    public var isRecovered: Bool { status.withLock { $0.isRecovered } }

    /// Whether the socket is connected or wants to be.
    var isWanted: Bool { phase != .idle }

    /// Takes other credentials.
    func use(_ credentials: Credentials?) {
        let former = self.credentials
        self.credentials = credentials
        // Freed when this property isn't being changed: what the credentials own may give others at its end.
        withExtendedLifetime(former) {}
    }

    /// Gives the loop something to send.
    func post(_ outgoing: Outgoing) { connection.post(outgoing, of: self) }
}
