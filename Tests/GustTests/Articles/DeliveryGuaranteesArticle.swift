import Gust
import GustTesting
import Testing

/// The snippets of `DeliveryGuarantees.md`.
@Suite(.leavesNothing) struct DeliveryGuaranteesArticle {
    private actor Shop {
        private var placed = 0
        func place(_ order: some Sendable) throws -> Int {
            placed += 1
            return placed
        }
        nonisolated func user(_ token: String?) throws -> String {
            guard let token else { throw ConnectError("sign in first") }
            return "user of \(token)"
        }
    }

    @Test func `an order is placed once, also across connections`() async throws {
        var app = Application()
        let io = SocketIO()
        let shop = Shop()
        struct Order: Codable { let item: String }
        let user = SocketDataKey<String>("user")
        let orders = io["/orders"]
        orders.use { socket in socket.data[user] = try shop.user(socket.handshake.query["token"]) }
        orders.deduplicate("order", idAt: 0) { socket in socket.data[user] }
        orders.on("order") { (socket: Socket, id: String, order: Order) async throws in
            try await shop.place(order)
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        for _ in 0..<2 {
            let socket = try await client.open(namespace: "/orders", query: "&token=ada")
            #expect(try await socket.emitWithAcknowledgement("order", "a", Order(item: "tea")) == ["1"])
            #expect(try await socket.emitWithAcknowledgement("order", "a", Order(item: "tea")) == ["1"])
            try await socket.drop()
        }
        let other = try await client.open(namespace: "/orders", query: "&token=bob")
        #expect(try await other.emitWithAcknowledgement("order", "a", Order(item: "tea")) == ["2"])
    }
}
