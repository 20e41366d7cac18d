import NIOEmbedded
import Testing

@testable import GustClient

/// What another thread has asked for is done before what the loop learns of the server afterwards.
///
/// The loop is busy while the other thread calls the client, and reads from the network before it looks for tasks.
@Suite(.timeLimit(.minutes(1))) struct RegistrationTests {
    /// A client with connected sockets in `/` and `/a`.
    private func twoSockets(_ world: World) async throws -> (ClientSocket, ClientSocket, Peer) {
        let client = try world.client()
        let (socket, peer) = try await world.connected(client)
        let other = client.socket("/a")
        other.open()
        await world.settle()
        peer.message(#"40/a,{"sid":"1"}"#)
        await world.settle()
        return (socket, other, peer)
    }

    @Test func `a handler of the end is called, if the connection ends before the loop has added it`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let reasons = Log<DisconnectReason>()
            world.onAnotherThread { socket.onDisconnect { reasons.add($0) } }
            peer.end()
            #expect(reasons.values == [.transportClose])
        }
    }

    @Test func `a handler of the end is called, if a poll fails before the loop has added it`() async throws {
        try await virtually { world in
            let (socket, server) = try await Polling.connected(world, try world.client("http://server", .polling))
            let reasons = Log<DisconnectReason>()
            world.onAnotherThread { socket.onDisconnect { reasons.add($0) } }
            server.polls.end()
            #expect(reasons.values == [.transportClose])
        }
    }

    @Test func `a handler is called, if the server falls silent before the loop has added it`() async throws {
        try await virtually { world in
            let (socket, _) = try await world.connected(try world.client())
            let reasons = Log<DisconnectReason>()
            world.onAnotherThread { socket.onDisconnect { reasons.add($0) } }
            world.loop.embedded.advanceTime(by: .seconds(60))
            #expect(reasons.values == [.pingTimeout])
        }
    }

    @Test func `a handler of an event is called, if the event is received before the loop has added it`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let events = Log<String>()
            world.onAnotherThread { socket.on("news") { events.add($0.arguments.received) } }
            peer.message(#"42["news",1]"#)
            #expect(events.values == ["[1]"])
        }
    }

    @Test func `a handler of a refusal is called, if the client gives up before the loop has added it`() async throws {
        try await virtually { world in
            world.isSilent = true
            let client = try world.client("http://server", .webSocket.with { $0.reconnection.isEnabled = false })
            let socket = client.socket()
            socket.open()
            await world.settle()
            let errors = Log<ClientError>()
            world.onAnotherThread { socket.onConnectError { errors.add($0) } }
            world.loop.embedded.advanceTime(by: .seconds(60))
            #expect(errors.values == [.timedOut("the attempt to connect")])
        }
    }

    @Test func `events that were sent when the connection had ended arrive over the next one, in order`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            world.onAnotherThread {
                socket.emit("news", 1)
                socket.emit("news", 2)
            }
            peer.end()
            socket.emit("news", 3)
            await world.advance(by: .seconds(2))
            let next = try await world.joined()
            #expect(next.received() == [#"42["news",1]"#, #"42["news",2]"#, #"42["news",3]"#])
        }
    }

    @Test func `events are sent before the answers to what is received after them`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            socket.on("question") { _ in socket.emit("answer") }
            await world.settle()
            world.onAnotherThread { socket.emit("news") }
            peer.message(#"42["question"]"#)
            #expect(peer.received() == [#"42["news"]"#, #"42["answer"]"#])
        }
    }

    @Test func `a socket that another thread has disconnected gets nothing of what is received then`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let (events, reasons) = (Log<String>(), Log<DisconnectReason>())
            socket.onAny { events.add($0.name) }
            socket.onDisconnect { reasons.add($0) }
            await world.settle()
            world.onAnotherThread { socket.disconnect() }
            peer.messages([#"42["news"]"#, #"42["news"]"#])
            #expect(events.values == [])
            #expect(reasons.values == [.clientDisconnect])
            #expect(peer.received() == ["41"])
            #expect(peer.closeCode != nil)
        }
    }

    @Test func `a socket that another thread has disconnected isn't connected again after the end`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let reasons = Log<DisconnectReason>()
            socket.onDisconnect { reasons.add($0) }
            await world.settle()
            world.onAnotherThread { socket.disconnect() }
            peer.end()
            #expect(reasons.values == [.transportClose])
            await world.advance(by: .seconds(60))
            #expect(world.dials == 1)
        }
    }

    @Test func `all sockets are disconnected when the first handler of the end is called`() async throws {
        try await virtually { world in
            let (socket, other, peer) = try await twoSockets(world)
            let states = Log<Bool>()
            socket.onDisconnect { _ in states.add(other.isConnected) }
            other.onDisconnect { _ in states.add(socket.isConnected) }
            await world.settle()
            peer.end()
            #expect(states.values == [false, false])
        }
    }

    @Test func `what a handler of the end sends with another socket arrives over the next connection`() async throws {
        try await virtually { world in
            let (socket, other, peer) = try await twoSockets(world)
            socket.onDisconnect { _ in other.emit("news") }
            await world.settle()
            peer.end()
            await world.advance(by: .seconds(2))
            let next = try world.greeted()
            #expect(next.received() == ["40", "40/a,"])
            next.message(#"40/a,{"sid":"2"}"#)
            await world.settle()
            #expect(next.received() == [#"42/a,["news"]"#])
        }
    }
}
