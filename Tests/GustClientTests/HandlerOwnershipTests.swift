import GustWire
import Testing

@testable import GustClient

/// Handlers own objects whose end removes handlers.
@Suite(.timeLimit(.minutes(1))) struct HandlerOwnershipTests {
    /// Calls a closure when nobody refers to it any more.
    private final class Owned: Sendable {
        private let end: @Sendable () -> Void

        init(_ end: @escaping @Sendable () -> Void) { self.end = end }

        deinit { end() }

        func use() {}
    }

    /// How the handlers are removed.
    enum Removal: CaseIterable {
        case subscriptions, name, all
    }

    /// Registers two handlers, which own objects that remove all handlers at their end.
    private func register(on socket: ClientSocket, _ log: Log<String>) -> [Subscription] {
        let owned = { name in
            Owned { [weak socket] in
                log.add(name)
                socket?.off("text")
                socket?.off()
            }
        }
        let (text, message) = (owned("text"), owned("message"))
        return [
            socket.on("text") { (_: String) in text.use() },
            socket.onMessage { _ in message.use() },
        ]
    }

    @Test(arguments: Removal.allCases)
    func `what handlers own may remove handlers at its end`(removal: Removal) async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            let subscriptions = register(on: socket, log)
            socket.on("remove") { (_: Int) in
                switch removal {
                case .subscriptions: for subscription in subscriptions { socket.off(subscription) }
                case .name: socket.off("text")
                case .all: socket.off()
                }
                log.add("removed")
            }
            await world.settle()
            peer.messages([#"42["remove",1]"#])
            try await world.until("the handlers") { log.values.contains("removed") }
            #expect(log.values.contains("text"))
        }
    }

    /// A socket whose credentials own an object that gives it others at its end.
    private func first(of client: SocketClient, _ log: Log<String>) -> ClientSocket {
        let owned = Owned { [weak connection = client.connection] in
            guard let connection else { return }
            log.add("freed")
            _ = SocketClient(connection).socket("/") { () async throws -> String in "later" }
        }
        return client.socket("/") { () async throws -> String in
            owned.use()
            return "first"
        }
    }

    @Test func `what credentials own may give the socket others at its end`() async throws {
        try await virtually { world in
            let client = try world.client()
            let log = Log<String>()
            let socket = first(of: client, log)
            await world.settle()
            _ = client.socket("/") { () async throws -> String in "second" }
            await world.settle()
            try await world.until("the credentials are freed") { log.values == ["freed"] }
            socket.open()
            await world.settle()
            let peer = try world.greeted()
            var received: [String] = []
            try await world.until("CONNECT") {
                received += peer.received()
                return !received.isEmpty
            }
            #expect(received == [#"40"later""#])
        }
    }
}
