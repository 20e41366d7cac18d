import GustHTTP
import GustTesting
import GustWire
import Synchronization
import Testing

@testable import GustSocketIO

/// Handlers own objects whose end removes handlers, such as a subscription that ends with its owner.
@Suite(.leavesNothing) struct HandlerOwnershipTests {
    /// Calls a closure when nobody refers to it any more.
    private final class Owned: Sendable {
        private let end: @Sendable () -> Void

        init(_ end: @escaping @Sendable () -> Void) { self.end = end }

        deinit { end() }

        func use() {}
    }

    /// How the handlers of a socket are removed.
    enum Removal: CaseIterable {
        case tokens, all, names, disconnect
    }

    private let io = SocketIO()
    private let client: TestClient
    private let log = Recorded<String>()

    init() { client = TestClient(EndpointHarness(io)) }

    /// Registers a handler of each kind, which owns an object that removes all handlers at its end.
    private func register(on socket: Socket) -> [HandlerToken] {
        let owned = { [log] name in
            Owned { [weak socket] in
                log.add(name)
                socket?.off(HandlerToken())
                socket?.removeAllListeners()
                socket?.offAny()
                socket?.offAnyOutgoing()
            }
        }
        let (named, any, message, closing, closed, outgoing, middleware) = (
            owned("named"), owned("any"), owned("message"), owned("closing"), owned("closed"), owned("outgoing"),
            owned("middleware")
        )
        return [
            socket.on("a") { (_: ReceivedEvent) in named.use() },
            socket.onAny { _ in any.use() },
            socket.onMessage { _ in message.use() },
            socket.onDisconnecting { (_: CloseReason) in closing.use() },
            socket.onDisconnect { (_: CloseReason) in closed.use() },
            socket.onAnyOutgoing { _, _ in outgoing.use() },
            socket.use { (_: inout ReceivedEvent) in middleware.use() },
        ]
    }

    @Test(arguments: Removal.allCases)
    func `what handlers of a socket own may remove handlers at its end`(removal: Removal) async throws {
        io.onConnect { socket in
            let tokens = register(on: socket)
            socket.on("remove") {
                switch removal {
                case .tokens: for token in tokens { socket.off(token) }
                case .all: socket.removeAllListeners()
                case .names: socket.off("a")
                case .disconnect: socket.disconnect()
                }
            }
        }
        let socket = try await client.open()
        try await socket.emit("remove")
        try await socket.disconnect()
        let other = try await client.open()
        #expect(log.all.contains("named"))
        try await other.disconnect()
    }

    /// A value whose end uses the data in which it was.
    private final class Value: Codable, Sendable {
        private let owned: Owned?

        init(_ end: @escaping @Sendable () -> Void) { owned = Owned(end) }

        init(from decoder: any Decoder) throws { owned = nil }

        func encode(to encoder: any Encoder) throws {}
    }

    @Test func `a value of a socket may use the socket's data at its end`() {
        let data = SocketData()
        let (key, count) = (SocketDataKey<Value>("value"), SocketDataKey<Int>("count"))
        let make = { Value { [unowned data] in data[count] = (data[count] ?? 0) + 1 } }
        data[key] = make()
        data[key] = make()
        data.update(key) { $0 = make() }
        data[key] = nil
        #expect(data[count] == 3)
    }

    @Test func `what a handler of a namespace owns may remove handlers at its end`() async throws {
        let space = io["/a"]
        let owned = Owned { [log] in
            log.add("freed")
            space.off(HandlerToken())
        }
        let token = space.onConnect { [owned] _ in owned.use() }
        _ = consume owned
        space.off(token)
        #expect(log.all == ["freed"])
    }
}
