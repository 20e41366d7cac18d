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
}
