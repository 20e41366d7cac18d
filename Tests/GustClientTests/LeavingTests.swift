import GustWire
import Testing

@testable import GustClient

/// Sockets that leave before the server has answered, and what becomes of their namespaces.
@Suite(.timeLimit(.minutes(1))) struct LeavingTests {
    /// A client with a connected socket in `/` and one that has asked for `/a`.
    private func asking(_ world: World) async throws -> (client: SocketClient, socket: ClientSocket, peer: Peer) {
        let client = try world.client()
        let (_, peer) = try await world.connected(client)
        let socket = client.socket("/a")
        socket.open()
        await world.settle()
        #expect(peer.received() == ["40/a,"])
        return (client, socket, peer)
    }

    @Test func `a socket that leaves before the answer takes its leave after it`() async throws {
        try await virtually { world in
            let (client, socket, peer) = try await asking(world)
            socket.disconnect()
            await world.settle()
            #expect(peer.received() == [], "a server closes the connection for a namespace that it hasn't let in")
            peer.message(#"40/a,{"sid":"1"}"#)
            await world.settle()
            #expect(peer.received() == ["41/a,"])
            #expect(!socket.isConnected)
            #expect(client.socket().isConnected)
        }
    }

    @Test func `a socket that the server refuses after it has left says nothing more`() async throws {
        try await virtually { world in
            let (client, socket, peer) = try await asking(world)
            let refusals = Log<ClientError>()
            socket.onConnectError { refusals.add($0) }
            socket.disconnect()
            peer.message(#"44/a,{"message":"no"}"#)
            await world.settle()
            #expect(peer.received() == [])
            #expect(refusals.values.isEmpty)
            #expect(client.socket().isConnected)
        }
    }

    @Test(arguments: [#"40/a,{"sid":"1"}"#, #"44/a,{"message":"no"}"#])
    func `a socket that returns before the answer asks again after it`(answer: String) async throws {
        try await virtually { world in
            let (_, socket, peer) = try await asking(world)
            let events = Log<String>()
            socket.onAny { events.add($0.name) }
            socket.disconnect()
            socket.open()
            await world.settle()
            #expect(peer.received() == [])
            peer.message(#"42/a,["for the one before"]"#)
            peer.message(answer)
            await world.settle()
            let isLetIn = answer.utf8.starts(with: "40".utf8)
            if isLetIn {
                #expect(peer.received() == ["41/a,"])
                await world.advance(by: .milliseconds(99))
                #expect(peer.received() == [], "a server that hasn't handled DISCONNECT closes the connection")
                await world.advance(by: .milliseconds(1))
            }
            #expect(peer.received() == ["40/a,"])
            #expect(!socket.isConnected)
            peer.message(#"40/a,{"sid":"2"}"#)
            await world.settle()
            #expect(socket.id == "2")
            #expect(events.values.isEmpty)
        }
    }

    @Test func `an answer that never comes costs a socket that has returned the connection`() async throws {
        try await virtually { world in
            let (client, socket, _) = try await asking(world)
            socket.disconnect()
            socket.open()
            await world.advance(by: client.connection.settings.joinTimeout)
            guard case .waiting(_, _, .timedOut) = client.state else {
                Issue.record("\(client.state)")
                return
            }
        }
    }

    @Test func `a lost connection forgets what was owed`() async throws {
        try await virtually { world in
            let (_, socket, peer) = try await asking(world)
            socket.disconnect()
            peer.end()
            await world.advance(by: .seconds(1))
            let next = try await world.joined()
            socket.open()
            await world.settle()
            #expect(next.received() == ["40/a,"])
        }
    }

    // MARK: A namespace that the server lets in by itself

    @Test func `a socket of the root that comes later is let in without a packet`() async throws {
        try await virtually { world in
            let (client, peer) = try await oldClient(world)
            let root = client.socket("/")
            root.open()
            await world.settle()
            #expect(root.id == "session")
            #expect(peer.received() == [])
        }
    }

    @Test func `a socket of the root that has left asks by a packet`() async throws {
        try await virtually { world in
            let (client, peer) = try await oldClient(world)
            let root = client.socket("/")
            root.open()
            root.disconnect()
            root.open()
            await world.settle()
            #expect(peer.received() == ["41"])
            await world.advance(by: .milliseconds(100))
            #expect(peer.received() == ["40"])
            peer.message("40")
            await world.settle()
            #expect(root.isConnected)
        }
    }

    /// A client of Engine.IO 3 whose only socket is in `/a`; the server has let it into `/` too.
    private func oldClient(_ world: World) async throws -> (client: SocketClient, peer: Peer) {
        let client = try world.client("http://server", .webSocket.with { $0.revision = .engineIO3 })
        let socket = client.socket("/a")
        socket.open()
        await world.settle()
        let peer = try world.greeted()
        peer.message("40")
        #expect(peer.received() == ["40/a,"])
        peer.message("40/a")
        await world.settle()
        #expect(socket.isConnected)
        return (client, peer)
    }
}
