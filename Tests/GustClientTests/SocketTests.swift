import GustWire
import NIOCore
import Testing

@testable import GustClient

/// Handlers, sequences, several namespaces, cancellation and the end.
@Suite(.timeLimit(.minutes(1))) struct SocketTests {
    private struct Failure: Error {}

    // MARK: Namespaces

    @Test func `sockets of several namespaces share a connection`() async throws {
        try await virtually { world in
            let client = try world.client()
            let names = ["/", "/a", "/b"]
            let log = Log<String>()
            for name in names {
                let socket = client.socket(name)
                socket.on("n") { (number: Int) in log.add("\(name) \(number)") }
                socket.open()
            }
            await world.settle()
            let peer = try world.greeted()
            #expect(peer.received() == ["40", "40/a,", "40/b,"])
            peer.messages([#"40/b,{"sid":"b"}"#, #"40{"sid":"r"}"#, #"40/a,{"sid":"a"}"#])
            peer.messages([#"42/a,["n",1]"#, #"42["n",2]"#, #"42/b,["n",3]"#])
            #expect(log.take() == ["/a 1", "/ 2", "/b 3"])
            #expect(world.dials == 1)
            client.socket("/a").disconnect()
            await world.settle()
            #expect(peer.received() == ["41/a,"])
            peer.messages([#"42/a,["n",1]"#, #"42/b,["n",3]"#])
            #expect(log.take() == ["/b 3"])
            #expect(peer.isOpen)
            for name in ["/", "/b"] { client.socket(name).disconnect() }
            await world.settle()
            #expect(peer.received() == ["41", "41/b,"])
            #expect(peer.closeCode == 1_000)
            #expect(client.state == .idle)
        }
    }

    @Test func `a client gives the same socket for a namespace with and without its slash`() async throws {
        try await virtually { world in
            let client = try world.client("http://server/admin")
            #expect(client.socket() === client.socket("/admin"))
            #expect(client.socket() === client.socket("admin"))
            #expect(client.socket() !== client.socket("/"))
            #expect(client.socket("/\u{E9}") !== client.socket("/e\u{301}"))
        }
    }

    @Test func `a socket that the server disconnects stays so while others go on`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let other = client.socket("/a")
            let reasons = Log<DisconnectReason>()
            other.onDisconnect { reasons.add($0) }
            other.open()
            await world.settle()
            peer.messages([#"40/a,{"sid":"a"}"#, "41/a,"])
            #expect(reasons.values == [.serverDisconnect])
            #expect(!other.isConnected)
            #expect(socket.isConnected)
            await world.advance(by: .seconds(40))
            #expect(world.dials == 1)
            other.open()
            await world.settle()
            #expect(peer.received() == ["40/a,", "40/a,"])
        }
    }

    @Test func `a call fails when the server disconnects the socket`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            await world.settle()
            peer.message("41")
            await #expect(throws: ClientError.disconnected) { try await call.value }
            await world.settle()
            #expect(client.state == .idle)
        }
    }

    // MARK: Handlers

    @Test func `a handler that throws is reported and answered`() async throws {
        try await virtually { world in
            let client = try world.client()
            let errors = Log<String>()
            client.onError { error, socket, event in errors.add("\(socket?.namespace ?? "") \(event ?? "") \(error)") }
            let (socket, peer) = try await world.connected(client)
            socket.on("a") { (_: Int) throws -> Void in throw Failure() }
            socket.on("a") { (_: Int) async throws -> Void in throw Failure() }
            await world.settle()
            peer.message(#"427["a",1]"#)
            #expect(peer.received() == [#"437[{"error":"the handler failed"}]"#])
            try await world.until("both handlers") { errors.values.count == 2 }
            #expect(errors.take() == ["/ a Failure()", "/ a Failure()"])
            peer.message(#"428["a","text"]"#)
            try await world.until("both handlers") { errors.values.count == 2 }
            #expect(peer.received().count == 1, "an acknowledgement is sent once")
            #expect(socket.isConnected)
        }
    }

    @Test func `handlers that were removed aren't called`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let log = Log<String>()
            let first = socket.on("a") { (_: SocketEvent) in log.add("first") }
            socket.on("a") { (_: SocketEvent) in log.add("second") }
            let any = socket.onAny { _ in log.add("any") }
            await world.settle()
            peer.message(#"42["a"]"#)
            #expect(log.take() == ["any", "first", "second"])
            socket.off(first)
            await world.settle()
            peer.message(#"42["a"]"#)
            #expect(log.take() == ["any", "second"])
            socket.off("a")
            socket.off(any)
            await world.settle()
            peer.message(#"42["a"]"#)
            #expect(log.take().isEmpty)
        }
    }

    @Test func `all handlers of events are removed at once, those of the connection stay`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.on("a") { (_: SocketEvent) in log.add("a") }
            socket.onAny { _ in log.add("any") }
            socket.onDisconnect { _ in log.add("disconnected") }
            socket.off()
            peer.message(#"42["a"]"#)
            peer.end()
            await world.settle()
            #expect(log.values == ["disconnected"])
        }
    }

    @Test func `a handler may remove itself and add others`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let log = Log<String>()
            let own = Log<Subscription>()
            own.add(
                socket.on("a") { [weak socket] (_: SocketEvent) in
                    log.add("once")
                    for subscription in own.values { socket?.off(subscription) }
                    socket?.on("b") { (_: SocketEvent) in log.add("b") }
                }
            )
            await world.settle()
            peer.messages([#"42["a"]"#, #"42["a"]"#, #"42["b"]"#])
            #expect(log.take() == ["once", "b"])
        }
    }

    @Test func `a socket may be disconnected in the handler of an event, and the rest of the read is dropped`()
        async throws
    {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let log = Log<String>()
            socket.on("a") { [weak socket] (_: SocketEvent) in
                log.add("a")
                socket?.disconnect()
            }
            await world.settle()
            peer.messages([#"42["a"]"#, #"42["a"]"#])
            await world.settle()
            #expect(log.take() == ["a"])
            #expect(client.state == .idle)
            #expect(peer.received() == ["41"])
        }
    }

    @Test func `a socket may be connected again in the handler of an event`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            socket.on("a") { [weak socket] (_: SocketEvent) in
                socket?.disconnect()
                socket?.open()
            }
            await world.settle()
            peer.messages([#"42["a"]"#, #"42["a"]"#])
            _ = try await world.joined()
            #expect(socket.isConnected)
            #expect(peer.received() == ["41"])
        }
    }

    @Test func `a client may be closed by a handler`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            socket.on("a") { [weak client] () async -> Void in await client?.close() }
            await world.settle()
            peer.message(#"42["a"]"#)
            try await world.until("the end") { client.state == .closed(.closed) }
            #expect(peer.received() == ["41"])
            peer.end()
        }
    }

    // MARK: Sequences

    @Test func `sequences go on over lost connections and end with the client`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, first) = try await world.connected(client)
            var reader = socket.events.makeAsyncIterator()
            await world.settle()
            first.message(#"42["a"]"#)
            first.end()
            await world.advance(by: .seconds(1))
            try await world.joined().message(#"42["b"]"#)
            let closing = world.start { await client.close() }
            await world.advance(by: .seconds(5))
            try await closing.value
            #expect(await reader.next()?.name == "a")
            #expect(await reader.next()?.name == "b")
            #expect(await reader.next() == nil)
            var late = socket.events.makeAsyncIterator()
            #expect(await late.next() == nil)
            var states = client.states.makeAsyncIterator()
            #expect(await states.next() == .closed(.closed))
            #expect(await states.next() == nil)
        }
    }

    @Test func `a reader that waits is resumed by an event, the end, and the cancellation of its task`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, peer) = try await world.connected(client)
            let events = socket.events
            let read = { @Sendable () async -> String? in
                var reader = events.makeAsyncIterator()
                return await reader.next()?.name
            }
            let first = world.start { await read() }
            await world.settle()
            peer.message(#"42["a"]"#)
            #expect(try await first.value == "a")
            let second = world.start { await read() }
            await world.settle()
            second.cancel()
            #expect(try await second.value == nil)
            peer.message(#"42["b"]"#)
            #expect(await read() == "b", "no event is lost to a cancelled reader")
            let third = world.start { await read() }
            await world.settle()
            let closing = world.start { await client.close() }
            #expect(try await third.value == nil)
            await world.advance(by: .seconds(5))
            try await closing.value
        }
    }

    // MARK: Cancellation

    @Test func `a cancelled connect leaves the socket disconnected and nothing behind`() async throws {
        try await virtually { world in
            let client = try world.client()
            for stage in 0..<3 {
                let connecting = world.start { try await client.connect() }
                await world.settle()
                if stage > 0 {
                    let peer = try world.peer()
                    try peer.accept()
                    if stage > 1 { peer.message(World.open()) }
                } else {
                    _ = try world.peer()
                }
                connecting.cancel()
                await #expect(throws: CancellationError.self) { try await connecting.value }
                await world.advance(by: .seconds(5))
                #expect(client.state == .idle)
                #expect(world.loop.timers == 0)
            }
        }
    }

    @Test func `a socket that another call connects stays so when one of the calls is cancelled`() async throws {
        try await virtually { world in
            let client = try world.client()
            let first = world.start { try await client.connect() }
            let second = world.start { try await client.connect() }
            await world.settle()
            first.cancel()
            await #expect(throws: CancellationError.self) { try await first.value }
            _ = try await world.joined()
            #expect(try await second.value.isConnected)
        }
    }

    @Test func `a call that is cancelled before it begins sends nothing`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            #expect(peer.received() == [])
        }
    }

    @Test func `a cancelled call throws at once, and its acknowledgement is ignored`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            await world.settle()
            call.cancel()
            await #expect(throws: CancellationError.self) { try await call.value }
            peer.message("430[]")
            #expect(socket.acknowledgements.count == 0)
            #expect(socket.isConnected)
        }
    }

    @Test func `a cancelled flush leaves nothing behind`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, _) = try await Polling.connected(world, client)
            for _ in 0..<3 {
                let flushing = world.start { try await socket.emitAndFlush("a") }
                await world.settle()
                #expect(client.connection.flushWaiters.count == 1)
                flushing.cancel()
                await #expect(throws: CancellationError.self) { try await flushing.value }
                await world.settle()
                #expect(client.connection.flushWaiters.isEmpty)
            }
        }
    }

    // MARK: The end

    /// How far a connection is when the client is closed.
    enum Stage: CaseIterable {
        case idle, preparing, dialling, opening, greeting, joining, joined, waiting, gaveUp, closed
    }

    @Test(arguments: Stage.allCases)
    func `a client can be closed in every state, and every call of it ends`(stage: Stage) async throws {
        try await virtually { world in
            var settings = ClientSettings.webSocket
            let question = Log<CheckedContinuation<Void, Never>>()
            if stage == .preparing {
                settings.credentials = {
                    await withCheckedContinuation { question.add($0) }
                    return ClientCredentials()
                }
            }
            if stage == .gaveUp { settings.reconnection.isEnabled = false }
            if stage == .waiting || stage == .gaveUp { world.refusal = ClientError.transportClosed }
            world.isSilent = stage == .dialling
            let client = try world.client("http://server", settings)
            let socket = client.socket()
            if stage != .idle { socket.open() }
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            await world.settle()
            if stage == .preparing { try await world.until("the question") { !question.values.isEmpty } }
            let isOpened = [.opening, .greeting, .joining, .joined, .closed].contains(stage)
            let peer = isOpened ? try world.peer() : nil
            if stage != .opening { try peer?.accept() }
            if stage != .opening, stage != .greeting { peer?.message(World.open()) }
            if stage == .joined || stage == .closed { peer?.message(#"40{"sid":"id"}"#) }
            if stage == .closed {
                let closing = world.start { await client.close() }
                await world.advance(by: .seconds(5))
                try await closing.value
            }
            let closing = world.start { await client.close() }
            await world.settle()
            if stage == .joined { #expect(peer?.received() == ["40", #"420["a"]"#, "41"]) }
            peer?.end()
            try await closing.value
            let error = await #expect(throws: ClientError.self) { try await call.value }
            switch stage {
            case .joined, .closed: #expect(error == .disconnected)
            default: #expect(error == .closed)
            }
            #expect(client.state == .closed(.closed))
            for continuation in question.values { continuation.resume() }
            await #expect(throws: ClientError.closed) { try await socket.connect() }
            let dials = world.dials
            socket.open()
            socket.emit("late")
            await #expect(throws: (any Error).self) { try await socket.emitWithAcknowledgement("late") }
            await world.advance(by: .seconds(60))
            #expect(world.dials == dials)
        }
    }

    @Test func `a server that doesn't answer the farewell is cut after the close timeout`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.closeTimeout = .seconds(2) })
            let (_, peer) = try await world.connected(client)
            let isClosed = Log<Bool>()
            let closing = world.start {
                await client.close()
                isClosed.add(true)
            }
            await world.advance(by: .milliseconds(1_999))
            #expect(peer.received() == ["41"])
            #expect(peer.closeCode == 1_000)
            #expect(isClosed.values.isEmpty)
            await world.advance(by: .milliseconds(1))
            try await closing.value
            #expect(!peer.isOpen)
        }
    }

    @Test func `a released socket of a closed client is gone`() async throws {
        try await virtually { world in
            let client = try world.client()
            weak var gone: ClientSocket?
            do {
                let (socket, peer) = try await world.connected(client)
                gone = socket
                socket.on("a") { [socket] (_: SocketEvent) in _ = socket.namespace }
                socket.onConnect { [socket] in _ = socket.namespace }
                await world.settle()
                peer.end()
            }
            #expect(gone != nil, "a socket that wants to be connected is kept by its connection")
            let closing = world.start { await client.close() }
            try await closing.value
            await world.settle()
            #expect(gone == nil)
        }
    }
}
