import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Heartbeats of both kinds, on a clock of the test.
@Suite(.timeLimit(.minutes(1))) struct HeartbeatTests {
    private static let silent = ClientState.waiting(attempt: 1, delay: .seconds(1), .pingTimeout)

    // MARK: Engine.IO 4

    @Test func `a ping is answered at once`() async throws {
        try await virtually { world in
            let (_, peer) = try await world.connected(try world.client())
            peer.message("2")
            #expect(peer.received() == ["3"])
        }
    }

    @Test func `a server that is silent for the interval and the timeout has vanished`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let reasons = Log<DisconnectReason>()
            socket.onDisconnect { reasons.add($0) }
            await world.advance(by: .milliseconds(44_999))
            #expect(client.state == .connected(transport: "websocket"))
            await world.advance(by: .milliseconds(1))
            #expect(client.state == Self.silent)
            #expect(reasons.values == [.pingTimeout])
            #expect(!peer.isOpen)
            await world.advance(by: .seconds(1))
            _ = try await world.joined()
            #expect(socket.isConnected)
        }
    }

    @Test func `whatever a server sends shows that it lives`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            for message in ["2", #"42["news"]"#, "6"] {
                await world.advance(by: .seconds(44))
                peer.message(message)
                #expect(client.state == .connected(transport: "websocket"))
            }
            await world.advance(by: .seconds(44))
            #expect(client.state == .connected(transport: "websocket"))
            await world.advance(by: .seconds(1))
            #expect(client.state == Self.silent)
        }
    }

    @Test func `a part of a frame doesn't show that a server lives`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            peer.send(ByteBuffer(bytes: [0x81, 126, 1, 0]))
            for _ in 0..<45 {
                await world.advance(by: .seconds(1))
                peer.send("4")
            }
            #expect(client.state == Self.silent)
        }
    }

    // MARK: Engine.IO 3

    private static var settings3: ClientSettings { .webSocket.with { $0.revision = .engineIO3 } }

    /// Connects a client of Engine.IO 3, whose server lets it into `/` by itself.
    private func connected3(_ world: World) async throws -> (SocketClient, Peer) {
        let client = try world.client("http://server", Self.settings3)
        let socket = client.socket()
        socket.open()
        await world.settle()
        let peer = try world.greeted()
        peer.message("40")
        await world.settle()
        #expect(socket.isConnected)
        return (client, peer)
    }

    @Test func `the client pings after each interval while the server answers`() async throws {
        try await virtually { world in
            let (client, peer) = try await connected3(world)
            for _ in 0..<3 {
                await world.advance(by: .milliseconds(24_999))
                #expect(peer.received() == [])
                await world.advance(by: .milliseconds(1))
                #expect(peer.received() == ["2"])
                peer.message("3")
                await world.settle()
            }
            #expect(client.state == .connected(transport: "websocket"))
        }
    }

    @Test func `a pong that is missing after the timeout ends the connection`() async throws {
        try await virtually { world in
            let (client, peer) = try await connected3(world)
            await world.advance(by: .seconds(25))
            #expect(peer.received() == ["2"])
            // Other packets are no answer.
            peer.message(#"42["news"]"#)
            await world.advance(by: .milliseconds(19_999))
            #expect(client.state == .connected(transport: "websocket"))
            await world.advance(by: .milliseconds(1))
            #expect(client.state == Self.silent)
            #expect(!peer.isOpen)
        }
    }

    // MARK: Programs that don't read

    @Test func `while the program doesn't read, the silence of the server isn't counted`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.limits.maximumUnreadEvents = 1 })
            let (socket, peer) = try await world.connected(client)
            let events = socket.events
            await world.settle()
            peer.message(#"42["news"]"#)
            await world.advance(by: .seconds(1_000))
            #expect(client.state == .connected(transport: "websocket"))
            var reader = events.makeAsyncIterator()
            #expect(await reader.next()?.name == "news")
            await world.advance(by: .seconds(44))
            #expect(client.state == .connected(transport: "websocket"))
            await world.advance(by: .seconds(1))
            #expect(client.state == Self.silent)
        }
    }
}
