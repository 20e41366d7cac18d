import GustHTTP
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// The events of rooms.
@Suite(.leavesNothing) struct RoomEventTests {
    private let log = Recorded<String>()

    /// Records the events of the rooms of a scope, with the numbers of the sockets instead of their ids.
    private func observe(_ scope: SocketScope) -> HandlerToken {
        let ids = Recorded<String>()
        @Sendable func number(_ id: String) -> Int {
            if let index = ids.all.firstIndex(of: id) { return index }
            ids.add(id)
            return ids.all.count - 1
        }
        return scope.onRoom(
            created: { [log] namespace, room in log.add("\(namespace.name) create \(room)") },
            joined: { [log] _, room, id in log.add("join \(room) \(number(id))") },
            left: { [log] _, room, id in log.add("leave \(room) \(number(id))") },
            deleted: { [log] namespace, room in log.add("\(namespace.name) delete \(room)") }
        )
    }

    private func serve() -> (SocketIO, TestClient) {
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("join") { (room: String) in socket.join(room) }
            socket.on("leave") { (room: String) in socket.leave(room) }
        }
        return (io, TestClient(EndpointHarness(io)))
    }

    @Test func `the first and the last socket of a room are told besides each socket`() async throws {
        let (io, client) = serve()
        _ = observe(io["/"])
        let one = try await client.open()
        let two = try await client.open()
        for (socket, event) in [(one, "join"), (one, "join"), (two, "join"), (one, "leave"), (one, "leave")] {
            try await socket.emit(event, "a")
        }
        try await two.close()
        #expect(log.all == ["/ create a", "join a 0", "join a 1", "leave a 0", "leave a 1", "/ delete a"])
    }

    @Test func `rooms that middleware joins are told when the client is admitted, and not if it is refused`()
        async throws
    {
        let (io, client) = serve()
        _ = observe(io["/"])
        io["/"].use { (socket: Socket) throws in
            socket.join("early")
            if socket.handshake.query["refuse"] != nil { throw ConnectError("no") }
        }
        await #expect(throws: TestError.self) { try await client.open(query: "&refuse=1") }
        #expect(log.all.isEmpty)
        _ = try await client.open()
        #expect(log.all == ["/ create early", "join early 0"])
    }

    @Test func `a handler may join and leave rooms, and its events follow in order`() async throws {
        let (io, client) = serve()
        io["/"].onRoom(joined: { namespace, room, id in
            if room == "a" { namespace.socket(id)?.join("b") }
            if room == "b" { namespace.socket(id)?.leave("a") }
        })
        _ = observe(io["/"])
        let socket = try await client.open()
        try await socket.emit("join", "a")
        #expect(log.all == ["/ create a", "join a 0", "/ create b", "join b 0", "leave a 0", "/ delete a"])
    }

    @Test func `a family observes the rooms of its namespaces, and off ends that`() async throws {
        let (io, client) = serve()
        let family = io.namespaces { $0.hasPrefix("/x-") }
        family.onConnect { $0.join("a") }
        let token = observe(family)
        let one = try await client.open(namespace: "/x-1")
        let two = try await client.open(namespace: "/x-2")
        try await one.disconnect()
        family.off(token)
        try await two.disconnect()
        #expect(log.all == ["/x-1 create a", "join a 0", "/x-2 create a", "join a 1", "leave a 0", "/x-1 delete a"])
    }

    @Test func `a room is created and deleted once over two loops, and a move to another loop isn't told`() throws {
        let io = SocketIO()
        io.onConnect { $0.join("a") }
        let loops = TwoLoops(io)
        _ = observe(io["/"])
        let (target, webSocket) = try loops.probe()
        #expect(log.all == ["/ create a", "join a 0"])
        try loops.second.turn { try webSocket.send(.text("5")) }
        loops.settle()
        #expect(io.connections.all.allSatisfy { $0.shard.eventLoop === loops.second })
        _ = try loops.open()
        #expect(log.all == ["/ create a", "join a 0", "join a 1"])
        loops.second.turn { webSocket.close(nil) }
        loops.settle()
        #expect(log.all == ["/ create a", "join a 0", "join a 1", "leave a 0"])
        _ = target
        io.everybody.disconnect()
        loops.settle()
        #expect(log.all == ["/ create a", "join a 0", "join a 1", "leave a 0", "leave a 1", "/ delete a"])
    }

    @Test func `a socket that is recovered stays in its rooms`() async throws {
        var settings = SocketIOSettings()
        settings.recovery = SocketIOSettings.Recovery()
        let io = SocketIO(settings)
        io.onConnect { $0.join("a") }
        _ = observe(io["/"])
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send("40")
        guard case .text(let answer) = try await webSocket.next() else { throw TestError.closed }
        let payload = try JSONSlice(validating: ByteBuffer(string: String(answer.dropFirst(2))))
        let pid = try #require(try payload.decode([String: String].self)["pid"])
        try await webSocket.abort()
        await client.settle()
        #expect(await io["/"].rooms() == ["a"])
        let again = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await again.next()
        try await again.send(#"40{"pid":"\#(pid)"}"#)
        await client.settle()
        #expect(io["/"].socketCount == 1)
        #expect(log.all == ["/ create a", "join a 0"])
        try await again.send("41")
        await client.settle()
        #expect(log.all == ["/ create a", "join a 0", "leave a 0", "/ delete a"])
    }
}
