import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Sockets that the server continues after a lost connection (socket.io 4.6).
@Suite(.timeLimit(.minutes(1))) struct RecoveryTests {
    private static let answer = #"40{"sid":"id","pid":"private"}"#

    /// A connected socket with recovery, and what it has received.
    private func connected(
        _ world: World,
        _ settings: ClientSettings = .webSocket
    ) async throws -> (client: SocketClient, socket: ClientSocket, peer: Peer, log: Log<String>) {
        let client = try world.client("http://server", settings)
        let log = Log<String>()
        let socket = client.socket()
        socket.onAny { event in log.add(event.arguments.received) }
        socket.onConnect { [weak socket] in log.add(socket?.isRecovered ?? false ? "recovered" : "connected") }
        let (_, peer) = try await world.connected(client, answer: Self.answer)
        #expect(log.take() == ["connected"])
        return (client, socket, peer, log)
    }

    /// Loses the connection, and returns the CONNECT packet of the next one.
    private func reconnected(_ world: World, _ peer: Peer) async throws -> (connect: [String], peer: Peer) {
        peer.end()
        await world.advance(by: .seconds(1))
        let next = try world.greeted()
        return (next.received(), next)
    }

    @Test func `the pid and the last offset are sent with the next CONNECT`() async throws {
        try await virtually { world in
            let (_, _, first, _) = try await connected(world)
            first.messages([#"42["n",1,"offset1"]"#, #"42["n",2,"offset2"]"#])
            let (connect, _) = try await reconnected(world, first)
            #expect(connect == [#"40{"pid":"private","offset":"offset2"}"#])
        }
    }

    @Test func `without an event there is no offset`() async throws {
        try await virtually { world in
            let (_, _, first, _) = try await connected(world)
            #expect(try await reconnected(world, first).connect == [#"40{"pid":"private"}"#])
        }
    }

    @Test func `credentials keep their members beside the pid`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket { ["token": "t"] }
            socket.open()
            await world.settle()
            let first = try world.greeted()
            try await world.until("CONNECT") { first.unread().isEmpty == false }
            #expect(first.received() == [#"40{"token":"t"}"#])
            first.messages([Self.answer, #"42["n","o"]"#])
            first.end()
            await world.advance(by: .seconds(1))
            let second = try world.greeted()
            try await world.until("CONNECT") { second.unread().isEmpty == false }
            #expect(second.received() == [#"40{"token":"t","pid":"private","offset":"o"}"#])
        }
    }

    @Test
    func `missed events in front of the answer are delivered once, in order, before the handler of the connection`()
        async throws
    {
        try await virtually { world in
            let (_, socket, first, log) = try await connected(world)
            first.message(#"42["n",1,"o1"]"#)
            let (_, second) = try await reconnected(world, first)
            second.messages([#"42["n",2,"o2"]"#, #"42["n",3,"o3"]"#])
            #expect(log.take() == [#"[1,"o1"]"#])
            second.messages([Self.answer, #"42["n",4,"o4"]"#])
            await world.settle()
            #expect(log.take() == [#"[2,"o2"]"#, #"[3,"o3"]"#, "recovered", #"[4,"o4"]"#])
            #expect(socket.isRecovered)
            #expect(try await reconnected(world, second).connect == [#"40{"pid":"private","offset":"o4"}"#])
        }
    }

    @Test func `the offset of missed events counts`() async throws {
        try await virtually { world in
            let (_, _, first, _) = try await connected(world)
            let (_, second) = try await reconnected(world, first)
            second.messages([#"42["n","o1"]"#, Self.answer])
            #expect(try await reconnected(world, second).connect == [#"40{"pid":"private","offset":"o1"}"#])
        }
    }

    @Test func `a server that doesn't continue the socket gives it another pid, and the offset is forgotten`()
        async throws
    {
        try await virtually { world in
            let (_, socket, first, log) = try await connected(world)
            first.message(#"42["n","o1"]"#)
            let (_, second) = try await reconnected(world, first)
            second.message(#"40{"sid":"id2","pid":"other"}"#)
            await world.settle()
            #expect(!socket.isRecovered)
            #expect(log.take().last == "connected")
            #expect(try await reconnected(world, second).connect == [#"40{"pid":"other"}"#])
        }
    }

    @Test func `a server without recovery is not asked for it again`() async throws {
        try await virtually { world in
            let (_, socket, first, _) = try await connected(world)
            let (_, second) = try await reconnected(world, first)
            second.messages([#"40{"sid":"id2"}"#, #"42["n","text"]"#])
            #expect(!socket.isRecovered)
            #expect(try await reconnected(world, second).connect == ["40"])
        }
    }

    @Test func `a socket that the program or the server has disconnected isn't continued`() async throws {
        try await virtually { world in
            let (_, socket, first, _) = try await connected(world)
            socket.disconnect()
            await world.settle()
            socket.open()
            let second = try await world.joined(World.open(), Self.answer)
            second.message("41")
            #expect(!socket.isConnected)
            first.end()
            second.end()
            socket.open()
            await world.settle()
            #expect(try world.greeted().received() == ["40"])
        }
    }

    @Test func `a handler of a missed event that disconnects the socket ends the delivery`() async throws {
        try await virtually { world in
            let (_, socket, first, log) = try await connected(world)
            socket.on("last") { [weak socket] (_: SocketEvent) in socket?.disconnect() }
            let (_, second) = try await reconnected(world, first)
            second.messages([#"42["n","o1"]"#, #"42["last","o2"]"#, #"42["n","o3"]"#, Self.answer])
            await world.settle()
            #expect(log.take() == [#"["o1"]"#, #"["o2"]"#])
            #expect(!socket.isConnected)
        }
    }

    @Test func `more missed events than are kept end the connection`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with { $0.limits.maximumBufferedEvents = 3 }
            let (client, _, first, log) = try await connected(world, settings)
            let (_, second) = try await reconnected(world, first)
            for _ in 0..<3 { second.message(#"42["n"]"#) }
            #expect(client.state == .connected(transport: "websocket"))
            second.message(#"42["n"]"#)
            let error = ClientError.protocolViolation("too many events before the answer for /")
            #expect(client.state == .waiting(attempt: 2, delay: .seconds(2), error))
            #expect(log.take().isEmpty)
        }
    }

    @Test func `more bytes of missed events than are kept end the connection`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with { $0.limits.maximumBufferedBytes = 1_000 }
            let (client, _, first, _) = try await connected(world, settings)
            let (_, second) = try await reconnected(world, first)
            let event = #"42["n","\#(String(repeating: "x", count: 400))"]"#
            second.messages([event, event])
            #expect(client.state == .connected(transport: "websocket"))
            second.message(event)
            let error = ClientError.protocolViolation("too many events before the answer for /")
            #expect(client.state == .waiting(attempt: 2, delay: .seconds(2), error))
        }
    }

    @Test func `events of another namespace in front of its answer aren't mixed with those of this one`() async throws {
        try await virtually { world in
            let (client, _, peer, log) = try await connected(world)
            let other = client.socket("/other")
            let events = Log<String>()
            other.onAny { events.add($0.arguments.received) }
            other.open()
            await world.settle()
            peer.messages([#"42/other,["n",1]"#, #"42["n",2]"#, #"40/other,{"sid":"o"}"#])
            #expect(log.take() == ["[2]"])
            #expect(events.take() == ["[1]"])
        }
    }
}
