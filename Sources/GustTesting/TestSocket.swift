import GustHTTP
import GustSessions
public import GustWire
public import NIOCore
import Synchronization

/// A Socket.IO client in one namespace of one connection.
///
/// Heartbeats of the server are answered when the test receives something or waits.
public final class TestSocket: Sendable {
    /// Something that was received from the server.
    public enum Received: Sendable, Equatable {
        /// An event with its arguments as JSON texts; binary arguments are placeholders.
        case event(String, [String], attachments: [ByteBuffer] = [])
        /// A message of a revision without events, or of an Engine.IO server.
        case message(Message)
        /// The server disconnected the socket or closed the connection.
        case disconnected

        /// Whether both have the same bytes.
        public static func == (left: Received, right: Received) -> Bool {
            switch (left, right) {
            case (.event(let name, let texts, let attachments), .event(let otherName, let otherTexts, let others)):
                name.hasSameBytes(as: otherName) && texts.elementsEqual(otherTexts) { $0.hasSameBytes(as: $1) }
                    && attachments == others
            case (.message(let left), .message(let right)): left == right
            case (.disconnected, .disconnected): true
            default: false
            }
        }
    }

    struct State {
        var carrier: any FrameCarrier
        var decoder: any Codec
        var namespace = "/"
        var received: [Received] = []
        var acknowledgements: [Int: Arguments] = [:]
        var nextID = 0
        var requests: [(id: Int, name: String)] = []
        var sid = ""
        var pid: String?
        /// The sid of the connection.
        var session = ""
        var heartbeats = 0
        /// Whether the server has ended the connection; the client sends no further poll then.
        var hasEnded = false
    }

    let client: TestClient
    let revision: Revision
    let state: Mutex<State>

    init(client: TestClient, revision: Revision, carrier: any FrameCarrier, session: String?) {
        self.client = client
        self.revision = revision
        let codec = revision.makeCodec(.socketIO, PayloadLimits())
        state = Mutex(State(carrier: carrier, decoder: codec, session: session ?? ""))
    }

    /// The socket's id: the server sends it in its CONNECT packet, or it is derived from the sid by the
    /// rule of the revision.
    ///
    /// Empty for an Engine.IO connection, which has no sockets.
    public var id: String { state.withLock { $0.sid } }

    /// The private id with which the client can continue the socket after a lost connection; nil if the server has sent none.
    public var pid: String? { state.withLock { $0.pid } }

    /// The sid of the connection.
    package var session: String { state.withLock { $0.session } }

    /// The number of heartbeats: pings that were answered, and pongs that were received.
    public var heartbeats: Int { state.withLock { $0.heartbeats } }

    // MARK: Receiving

    /// Waits for the next event, message or disconnect.
    ///
    /// - Returns: what was received.
    /// - Throws: ``TestError/timedOut(_:)`` if nothing is received in time.
    public func next() async throws -> Received {
        try await wait(for: "an event") { $0.received.isEmpty ? nil : $0.received.removeFirst() }
    }

    /// Waits for the next message; the event `message` with one argument is a message too.
    ///
    /// - Returns: the message.
    /// - Throws: ``TestError/unexpected(_:)`` if something else is received, ``TestError/timedOut(_:)`` if nothing is
    ///   received in time.
    public func nextMessage() async throws -> Message {
        let received = try await next()
        switch received {
        case .message(let message): return message
        case .event("message", let texts, let attachments) where texts.count == 1:
            if let bytes = attachments.first { return .binary(bytes) }
            let json = try JSONSlice(validating: ByteBuffer(string: texts[0]))
            guard texts[0].utf8.first == UInt8(ascii: "\"") else { return .json(json) }
            return .text(try json.decode(String.self))
        default: throw TestError.unexpected("\(received)")
        }
    }

    /// The next event, message or disconnect; nil if nothing has been received.
    public func nextIfAny() async throws -> Received? {
        try await receive()
        return state.withLock { $0.received.isEmpty ? nil : $0.received.removeFirst() }
    }

    // MARK: Inside

    func send(_ packet: Packet) async throws {
        let codec = state.withLock { $0.decoder }
        var text = ByteBuffer()
        codec.encode(packet, into: &text)
        let frames = [Frame.text(text)] + codec.attachments(of: packet).map(codec.frame(attachment:))
        try await state.withLock { $0.carrier }.send(frames)
    }

    func wait<Value: Sendable>(
        for what: String,
        _ body: @escaping @Sendable (inout State) -> Value?
    ) async throws -> Value {
        try await client.access.wait(for: what) {
            try await self.receive()
            return self.state.withLock { body(&$0) }
        }
    }

    /// Processes all frames that have been received.
    func receive() async throws {
        let carrier = state.withLock { $0.carrier }
        do {
            while !state.withLock({ $0.hasEnded }), let frame = try await carrier.nextIfAny() {
                let answers = try state.withLock { state in
                    var answers: [Packet] = []
                    var packets: [Packet] = []
                    try state.decoder.decode(frame) { packets.append($0) }
                    for packet in packets {
                        try take(packet, &state, &answers)
                        if endsSession(packet) { state.hasEnded = true }
                    }
                    return answers
                }
                for answer in answers { try await send(answer) }
            }
        } catch TestError.closed, TestError.refused {
            state.withLock { state in
                state.hasEnded = true
                if state.received.last != .disconnected { state.received.append(.disconnected) }
            }
        }
    }

    private func endsSession(_ packet: Packet) -> Bool {
        switch packet {
        case .close: true
        case .disconnect(let namespace): revision.rules.rootIsSession && (namespace ?? "/") == "/"
        case .connectError(let namespace, _): revision.rules.rootIsSession && namespace == "/"
        default: false
        }
    }

    private func identifier(in namespace: String, told: JSONSlice?, _ session: String) throws -> String {
        if let id = revision.socketIdentifiers.derived(from: session, in: namespace) { return id }
        guard let sid = try told?.decode([String: String].self)["sid"] else {
            throw TestError.unexpected("a CONNECT packet without a sid")
        }
        return sid
    }

    func take(_ packet: Packet, _ state: inout State, _ answers: inout [Packet]) throws {
        switch packet {
        case .ping:
            state.heartbeats += 1
            answers.append(.pong(probe: false))
        case .pong:
            state.heartbeats += 1
        case .connect(let namespace, _, let payload):
            guard namespace.hasSameBytes(as: state.namespace) else { return }
            state.sid = try identifier(in: namespace, told: payload, state.session)
            state.pid = try payload?.decode([String: String].self)["pid"]
        case .connectError(_, let payload):
            state.received.append(.event("connect_error", [String(buffer: payload.bytes)]))
        case .event(_, let id, let name, let arguments):
            state.received.append(.event(name, arguments.texts, attachments: arguments.attachments))
            if let id { state.requests.append((id, name)) }
        case .acknowledgement(_, let id, let arguments):
            state.acknowledgements[id] = arguments
        case .message(_, _, let message):
            state.received.append(.message(message))
        case .disconnect, .close:
            state.received.append(.disconnected)
        default:
            break
        }
    }
}

extension Arguments {
    /// The JSON texts of the arguments.
    var texts: [String] { (0..<count).compactMap { self[$0].map { String(buffer: $0.bytes) } } }
}
