import Gust
import GustClient
import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Synchronization

/// What a socket of GustClient has received: added on the client's loop, taken by a test.
final class ReceivedByClient: Sendable {
    private struct State {
        var items = CircularBuffer<TestSocket.Received>()
        var requests = CircularBuffer<SocketEvent>()
        var heartbeats = 0
        var connections = 0
        var decoder: any Codec
    }

    private let state: Mutex<State>

    init(_ revision: Revision) {
        state = Mutex(State(decoder: revision.makeCodec(.socketIO, PayloadLimits())))
    }

    /// Collects what a socket receives.
    func collect(_ socket: ClientSocket) {
        socket.onAny { [self] event in
            state.withLock { state in
                if event.isAcknowledgementRequested { state.requests.append(event) }
                // `onMessage` is called for the event `message` too, because it has no handler of its own.
                guard !event.name.hasSameBytes(as: "message") else { return }
                let attachments = event.arguments.attachments
                state.items.append(.event(event.name, event.arguments.jsonTexts, attachments: attachments))
            }
        }
        socket.onMessage { [self] message in state.withLock { $0.items.append(.message(message)) } }
        socket.onDisconnect { [self] _ in state.withLock { $0.items.append(.disconnected) } }
        socket.onConnect { [self] in state.withLock { $0.connections += 1 } }
    }

    /// Counts the heartbeats among the frames of a connection.
    func trace(_ frame: TracedFrame) {
        guard frame.direction == .received, frame.isText else { return }
        state.withLock { state in
            var heartbeats = 0
            // The first frame of a connection isn't a packet in each revision, and so no heartbeat.
            try? state.decoder.decode(.text(frame.bytes)) { packet in
                switch packet {
                case .ping, .pong: heartbeats += 1
                default: break
                }
            }
            state.heartbeats += heartbeats
        }
    }

    /// How many heartbeats were received.
    var heartbeats: Int { state.withLock { $0.heartbeats } }

    /// How often the socket was connected.
    var connections: Int { state.withLock { $0.connections } }

    /// Whether there is an item.
    var hasItem: Bool { state.withLock { !$0.items.isEmpty } }

    /// Whether there is an event that requests an acknowledgement.
    var hasRequest: Bool { state.withLock { !$0.requests.isEmpty } }

    /// Removes and returns the oldest item; nil if there is none.
    func takeFirst() -> TestSocket.Received? { state.withLock { $0.items.popFirst() } }

    /// Removes and returns the oldest event that requests an acknowledgement; nil if there is none.
    func takeRequest() -> SocketEvent? { state.withLock { $0.requests.popFirst() } }
}

extension Arguments {
    /// The JSON texts of the arguments.
    var jsonTexts: [String] { (0..<count).compactMap { self[$0].map { String(buffer: $0.bytes) } } }
}
