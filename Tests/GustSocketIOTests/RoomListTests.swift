import GustContract
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// Lists of rooms, and the forms of volatile packets, on a socket.
@Suite(.leavesNothing) struct RoomListTests {
    private let log = Recorded<String>()

    @Test func `a socket joins and leaves several rooms by one call`() async throws {
        let io = SocketIO()
        let client = TestClient(EndpointHarness(io))
        io.onConnect { [log] socket in
            socket.join("a", "b", "c")
            socket.join(["d", socket.id, "a"])
            log.add(socket.rooms.dropLast().joined(separator: " "))
            socket.leave("a", "x")
            socket.leave(["b", "c"])
            log.add(socket.rooms.dropLast().joined(separator: " "))
        }
        _ = try await client.joinedWebSocket()
        #expect(log.all == ["a b c d", "d"])
        let names = try await client.onLoop {
            io.shards.all.flatMap { $0.existingMembership(of: io["/"].local)?.roomNames ?? [] }
        }
        #expect(names == ["d"])
    }

    @Test func `each room of a list that can't be joined is reported, and the others are joined`() async throws {
        var settings = SocketIOSettings()
        settings.maximumRooms = 2
        let io = SocketIO(settings)
        io.onError { [log] error, _, _ in log.add("\(error)") }
        io.onConnect { [log] socket in
            let long = String(repeating: "x", count: 100_000)
            socket.join("a", long, "b", "c")
            log.add(socket.rooms.dropLast().joined(separator: " "))
        }
        _ = try await TestClient(EndpointHarness(io)).joinedWebSocket()
        #expect(log.all == ["nameTooLong", "tooManyRooms", "a b"])
    }

    @Test(arguments: ClientProfile.all)
    func `to, in and except of a socket take lists and leave out the socket itself`(
        profile: ClientProfile
    ) async throws {
        let io = SocketIO()
        io.onConnect { socket in
            socket.onMessage { message in
                switch message {
                case .text("to"): socket.to(["a", "b"]).send(.text("to"))
                case .text("in"): socket.in("a", "b").except(["c", "d"]).send(.text("in"))
                case .text("except"): socket.except(["b", "c"]).send(.text("except"))
                default: socket.join(message.description.utf8.map { String(UnicodeScalar($0)) })
                }
            }
        }
        let client = TestClient(EndpointHarness(io))
        let sockets = [
            try await client.open(profile), try await client.open(profile), try await client.open(profile),
        ]
        for (socket, rooms) in zip(sockets, ["ab", "ac", "b"]) { try await socket.send(rooms) }
        for text in ["to", "in", "except"] { try await sockets[0].send(text) }
        try await sockets[2].send("to")
        #expect(try await sockets[1].nextMessage() == .text("to"))
        #expect(try await sockets[2].nextMessage() == .text("to"))
        #expect(try await sockets[2].nextMessage() == .text("in"))
        #expect(try await sockets[1].nextMessage() == .text("to"))
        #expect(try await sockets[0].nextMessage() == .text("to"))
        for socket in sockets { #expect(try await socket.nextIfAny() == nil) }
    }

    @Test func `volatile packets of every form are sent to a writable client and dropped for another`() async throws {
        let event = ServerEvent<Int, Never>("typed")
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("go") {
                socket.volatile.emit("plain", 1)
                socket.volatile.emit(event, 2)
                socket.volatile.emit("encoded", arguments: try Arguments.encoding(3))
                socket.volatile.send(.text("text"))
                socket.volatile.send(.json(try JSONSlice.encode(["a": 1])))
            }
        }
        let webSocket = try await TestClient(EndpointHarness(io)).joinedWebSocket()
        try await webSocket.send(#"42["go"]"#)
        for text in [
            #"["plain",1]"#, #"["typed",2]"#, #"["encoded",3]"#, #"["message","text"]"#, #"["message",{"a":1}]"#,
        ] {
            #expect(try await webSocket.nextIfAny() == .text("42" + text))
        }
        try await webSocket.setWritable(false)
        try await webSocket.send(#"42["go"]"#)
        try await webSocket.setWritable(true)
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `a volatile event with encoded arguments and a reserved name is reported`() async throws {
        let io = SocketIO()
        io.onError { [log] error, _, event in log.add("\(event) \(error is ReservedName)") }
        io.onConnect { $0.volatile.emit("connect", arguments: Arguments()) }
        let webSocket = try await TestClient(EndpointHarness(io)).joinedWebSocket()
        #expect(log.all == ["connect true"])
        #expect(try await webSocket.nextIfAny() == nil)
    }
}
