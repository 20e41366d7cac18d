import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Attempts to connect, their deadlines, and the delays between them, on a clock of the test.
@Suite(.timeLimit(.minutes(1))) struct ReconnectionTests {
    @Test func `a connection is opened, greeted and joined`() async throws {
        try await virtually { world in
            let client = try world.client()
            let connecting = world.start { try await client.connect() }
            await world.settle()
            let peer = try world.peer()
            let request = try peer.accept()
            #expect(request.method == "GET")
            #expect(request.target == "/socket.io/?EIO=4&transport=websocket")
            #expect(client.state == .connecting(attempt: 1))
            peer.message(World.open())
            #expect(client.state == .connected(transport: "websocket"))
            #expect(peer.received() == ["40"])
            peer.message(#"40{"sid":"the id"}"#)
            let socket = try await connecting.value
            #expect(socket.id == "the id")
            #expect(socket.isConnected)
            #expect(!socket.isRecovered)
        }
    }

    @Test func `a refused connection is tried again after one, two, four and then five seconds`() async throws {
        try await virtually { world in
            world.refusal = ClientError.connectionFailed("nobody listens")
            let client = try world.client()
            client.socket().open()
            await world.settle()
            var attempts = 1
            for delay in [1, 2, 4, 5, 5] {
                #expect(world.dials == attempts)
                await world.advance(by: .milliseconds(delay * 1_000 - 1))
                #expect(world.dials == attempts, "not before \(delay) seconds")
                await world.advance(by: .milliseconds(1))
                attempts += 1
            }
            #expect(world.dials == attempts)
            #expect(
                client.state
                    == .waiting(attempt: 7, delay: .seconds(5), .connectionFailed("nobody listens"))
            )
        }
    }

    @Test func `a server that greets and hangs up is asked again after longer and longer delays`() async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            for (index, delay) in [1, 2, 4, 5].enumerated() {
                await world.settle()
                try world.greeted().end()
                await world.settle()
                #expect(client.state == .waiting(attempt: index + 2, delay: .seconds(delay), .transportClosed))
                await world.advance(by: .seconds(delay))
            }
        }
    }

    @Test func `a proxy that can't be used ends the attempts`() async throws {
        try await virtually { world in
            world.refusal = ClientURLError("proxy", "the scheme is missing")
            let client = try world.client()
            let connecting = world.start { try await client.connect() }
            await world.settle()
            let error = await #expect(throws: ClientError.self) { try await connecting.value }
            #expect(error?.isPermanent == true, "\(String(describing: error))")
            await world.advance(by: .seconds(60))
            #expect(world.dials == 1)
        }
    }

    @Test func `an attempt without an answer ends after the connect timeout`() async throws {
        try await virtually { world in
            world.isSilent = true
            let client = try world.client("http://server", .webSocket.with { $0.connectTimeout = .seconds(7) })
            client.socket().open()
            await world.advance(by: .milliseconds(6_999))
            #expect(client.state == .connecting(attempt: 1))
            await world.advance(by: .milliseconds(1))
            guard case .waiting(2, .seconds(1), _) = client.state else {
                Issue.record("\(client.state)")
                return
            }
        }
    }

    @Test(arguments: ["", "HTTP/1.1 101 Switching", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"])
    func `a handshake that isn't answered ends after the connect timeout`(beginning: String) async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            await world.settle()
            let peer = try world.peer()
            peer.send(beginning)
            await world.advance(by: .seconds(20))
            #expect(client.state == .waiting(attempt: 2, delay: .seconds(1), .timedOut("the attempt to connect")))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a server that doesn't greet loses the connection after the connect timeout`() async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            await world.settle()
            let peer = try world.peer()
            try peer.accept()
            await world.advance(by: .seconds(20))
            #expect(client.state == .waiting(attempt: 2, delay: .seconds(1), .timedOut("the attempt to connect")))
            #expect(!peer.isOpen)
        }
    }

    @Test func `a connection that is reset is told as a failure of the connection`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let reasons = Log<DisconnectReason>()
            socket.onDisconnect { reasons.add($0) }
            await world.settle()
            peer.reset()
            await world.settle()
            let error = ClientError.transportFailed("the server has reset it")
            #expect(client.state == .waiting(attempt: 1, delay: .seconds(1), error))
            #expect(error.description == "the connection failed: the server has reset it")
            #expect(reasons.values == [.transportError])
        }
    }

    @Test func `a poll whose connection is reset is told as a failure of the connection`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (_, server) = try await Polling.connected(world, client)
            server.polls.reset()
            await world.settle()
            let error = ClientError.transportFailed("the server has reset it")
            #expect(client.state == .waiting(attempt: 1, delay: .seconds(1), error))
        }
    }

    @Test func `a socket that the server disconnects is connected again by the program only`() async throws {
        try await virtually { world in
            let client = try world.client()
            client.socket().open()
            for attempt in 1...3 {
                let peer = try await world.joined()
                peer.message("41")
                #expect(client.state == .idle)
                await world.advance(by: .seconds(60))
                #expect(world.dials == attempt)
                client.socket().open()
                await world.settle()
                #expect(world.dials == attempt + 1)
            }
        }
    }

    @Test func `after the maximum of attempts the call throws the last error`() async throws {
        try await virtually { world in
            world.refusal = ClientError.connectionFailed("nobody listens")
            let client = try world.client("http://server", .webSocket.with { $0.reconnection.maximumAttempts = 2 })
            let connecting = world.start { try await client.connect(within: .seconds(60)) }
            await world.advance(by: .seconds(1))
            await world.advance(by: .seconds(2))
            let reason = ClientError.gaveUp(ClientError.connectionFailed("nobody listens").description)
            await #expect(throws: reason) { try await connecting.value }
            #expect(client.state == .closed(reason))
            #expect(world.dials == 3)
            await world.advance(by: .seconds(3_600))
            #expect(world.dials == 3)
        }
    }

    @Test func `a client that gave up connects again when it is asked`() async throws {
        try await virtually { world in
            world.refusal = ClientError.connectionFailed("nobody listens")
            let client = try world.client("http://server", .webSocket.with { $0.reconnection.isEnabled = false })
            let refusals = Log<ClientError>()
            let socket = client.socket()
            socket.onConnectError { refusals.add($0) }
            socket.open()
            await world.settle()
            #expect(refusals.take() == [.connectionFailed("nobody listens")])
            world.refusal = nil
            socket.open()
            _ = try await world.joined()
            #expect(socket.isConnected)
            #expect(refusals.take().isEmpty)
        }
    }

    @Test func `the states are told in their order`() async throws {
        try await virtually { world in
            let client = try world.client()
            var states = client.states.makeAsyncIterator()
            let (socket, peer) = try await world.connected(client)
            peer.end()
            await world.advance(by: .seconds(1))
            socket.disconnect()
            let closing = world.start { await client.close() }
            await world.settle()
            try await closing.value
            var seen: [ClientState] = []
            while let state = await states.next() { seen.append(state) }
            #expect(
                seen == [
                    .idle, .connecting(attempt: 1), .connected(transport: "websocket"),
                    .waiting(attempt: 1, delay: .seconds(1), .transportClosed), .connecting(attempt: 1), .idle,
                    .closed(.closed),
                ]
            )
        }
    }

    @Test func `a socket that is disconnected in its own handler of a lost connection leaves the client idle`()
        async throws
    {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            socket.onDisconnect { [weak socket] _ in socket?.disconnect() }
            await world.settle()
            peer.end()
            await world.settle()
            #expect(client.state == .idle)
            #expect(world.loop.timers == 0, "no attempt is planned")
            await world.advance(by: .seconds(60))
            #expect(world.dials == 1)
        }
    }

    @Test func `a socket that is connected again in its own handler of a lost connection waits for the delay`()
        async throws
    {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            socket.onDisconnect { [weak socket] _ in
                socket?.disconnect()
                socket?.open()
            }
            await world.settle()
            peer.end()
            await world.settle()
            _ = try await world.joined()
            #expect(socket.isConnected)
            #expect(client.state == .connected(transport: "websocket"))
        }
    }

    // MARK: Joining

    @Test func `a server that doesn't answer CONNECT loses the connection after the join timeout`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.joinTimeout = .seconds(3) })
            client.socket("/admin").open()
            await world.settle()
            let peer = try world.greeted()
            #expect(peer.received() == ["40/admin,"])
            await world.advance(by: .seconds(3))
            #expect(
                client.state
                    == .waiting(attempt: 2, delay: .seconds(1), .timedOut("the server's answer for /admin"))
            )
        }
    }

    @Test func `connect throws after its time with the last error, and the socket doesn't want to be connected`()
        async throws
    {
        try await virtually { world in
            world.refusal = ClientError.connectionFailed("nobody listens")
            let client = try world.client()
            let connecting = world.start { try await client.connect(within: .seconds(4)) }
            await world.advance(by: .seconds(4))
            await #expect(throws: ClientError.connectionFailed("nobody listens")) { try await connecting.value }
            #expect(client.state == .idle)
        }
    }

    @Test func `connect names an attempt without an answer as the last error`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.connectTimeout = .seconds(5) })
            let connecting = world.start { try await client.connect(within: .seconds(6)) }
            await world.advance(by: .seconds(5))
            await world.advance(by: .seconds(1))
            await #expect(throws: ClientError.timedOut("the attempt to connect")) { try await connecting.value }
        }
    }

    @Test func `a refused namespace throws its message and data`() async throws {
        try await virtually { world in
            let client = try world.client()
            let connecting = world.start { try await client.connect("/admin") }
            await world.settle()
            let peer = try world.greeted()
            peer.message(#"44/admin,{"message":"no","data":{"code":7}}"#)
            let error = await #expect(throws: ClientError.self) { try await connecting.value }
            guard case .namespaceRefused("no", let data) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(data?.description == #"{"code":7}"#)
            await world.settle()
            #expect(client.state == .idle)
            #expect(!peer.isOpen || peer.unread().isEmpty == false)
        }
    }

    @Test func `a timer of connect doesn't outlive the call`() async throws {
        try await virtually { world in
            let client = try world.client()
            let connecting = world.start { try await client.connect(within: .seconds(600)) }
            _ = try await world.joined()
            let socket = try await connecting.value
            #expect(world.loop.timers == 1, "the heartbeat")
            socket.disconnect()
        }
    }
}
