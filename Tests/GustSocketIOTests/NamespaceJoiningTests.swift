import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Clients that join namespaces with async middleware, leave them, and join them again.
@Suite(.leavesNothing) struct NamespaceJoiningTests {
    private let io = SocketIO()
    private let client: TestClient

    init() { client = TestClient(EndpointHarness(io)) }

    @Test func `a second CONNECT before middleware has decided closes the connection`() async throws {
        let gates = [Gate(), Gate()]
        let asked = Outcome()
        io["/slow"].use { (_: Socket) async in
            let gate = asked.isSuccess ? gates[1] : gates[0]
            asked.set(.success(()))
            await gate.wait()
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/slow,")
        try await webSocket.send("40/slow,")
        #expect(try await webSocket.next() == .close(nil))
        for gate in gates { gate.open() }
        await client.settle()
        #expect(io["/slow"].socketCount == 0)
    }

    @Test func `a client can rejoin a namespace that it has left`() async throws {
        io["/other"].use { (_: Socket) throws in }
        let webSocket = try await client.joinedWebSocket()
        for _ in 0..<2 {
            try await webSocket.send("40/other,")
            guard case .text(let text) = try await webSocket.next() else { throw TestError.closed }
            #expect(text.hasPrefix("40/other,{"))
            try await webSocket.send("41/other,")
        }
        #expect(io.connectionCount == 1)
    }

    @Test func `a refused client may send CONNECT again`() async throws {
        io["/other"].use { (_: Socket) throws in throw ConnectError("no") }
        let webSocket = try await client.joinedWebSocket()
        for _ in 0..<2 {
            try await webSocket.send("40/other,")
            #expect(try await webSocket.next() == .text(#"44/other,{"message":"no"}"#))
        }
    }

    @Test func `removing a dynamic namespace removes its list of members`() async throws {
        _ = io.namespaces { $0.hasPrefix("/dyn-") }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send("40/dyn-1,")
        let namespace = try #require(io.namespace(for: "/dyn-1"))
        let shard = try #require(io.shards.all.first)
        let isKnown: @Sendable () -> Bool = { shard.existingMembership(of: namespace.local) != nil }
        #expect(try await client.onLoop(isKnown))
        try await webSocket.send("41/dyn-1,")
        await client.settle()
        #expect(try await client.onLoop(isKnown) == false)
    }

    @Test func `a name without a slash means the namespace with the slash`() {
        #expect(io["chat"] === io["/chat"])
        #expect(io["chat"].name == "/chat")
    }

    @Test func `a room that middleware joins is one of the socket's rooms`() async throws {
        io["/"].use { (socket: Socket) throws in socket.join("early") }
        let webSocket = try await client.joinedWebSocket()
        try await client.onLoop { [io] in io.to("early").emit("news") }
        #expect(try await webSocket.nextIfAny() == .text(#"42["news"]"#))
    }
}
