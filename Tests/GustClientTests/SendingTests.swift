import GustWire
import NIOCore
import Testing

@testable import GustClient

/// What a client sends, keeps and drops, and what becomes of acknowledgements.
@Suite(.timeLimit(.minutes(1))) struct SendingTests {
    // MARK: Kept events

    @Test func `events that wait for the connection are sent in order`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket()
            for number in 0..<5 { socket.emit("early", number) }
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received() == (0..<5).map { #"42["early",\#($0)]"# })
            socket.emit("late")
            await world.settle()
            #expect(peer.received() == [#"42["late"]"#])
        }
    }

    @Test func `events of the time between two connections are sent in order`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, first) = try await world.connected(client)
            socket.emit("before")
            await world.settle()
            #expect(first.received() == [#"42["before"]"#])
            first.end()
            for number in 0..<3 { socket.emit("between", number) }
            await world.advance(by: .seconds(1))
            let second = try await world.joined()
            socket.emit("after")
            await world.settle()
            #expect(second.received() == (0..<3).map { #"42["between",\#($0)]"# } + [#"42["after"]"#])
        }
    }

    @Test func `a handler of the connection sends behind what has waited`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket()
            socket.onConnect { [weak socket] in socket?.emit("hello") }
            socket.emit("waited")
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received() == [#"42["waited"]"#, #"42["hello"]"#])
        }
    }

    @Test func `an event beyond the number that is kept is refused and loses nothing else`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.limits.maximumBufferedEvents = 2 })
            let errors = Log<String>()
            client.onError { error, _, event in errors.add("\(event ?? ""): \(error)") }
            let socket = client.socket()
            for name in ["a", "b", "c"] { socket.emit(name) }
            await world.settle()
            #expect(errors.values == ["c: \(ClientError.bufferFull)"])
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received() == [#"42["a"]"#, #"42["b"]"#])
        }
    }

    @Test func `an event beyond the bytes that are kept is refused and loses nothing else`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.limits.maximumBufferedBytes = 100 })
            let errors = Log<ClientError?>()
            client.onError { error, _, _ in errors.add(error as? ClientError) }
            let socket = client.socket()
            socket.emit("a", String(repeating: "x", count: 80))
            socket.emit("b", String(repeating: "y", count: 80))
            socket.emit("c")
            await world.settle()
            #expect(errors.values == [.bufferFull])
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received().map { $0.prefix(6) } == [#"42["a""#, #"42["c""#])
        }
    }

    @Test func `a call that finds the buffer full throws`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.limits.maximumBufferedEvents = 0 })
            let socket = client.socket()
            await #expect(throws: ClientError.bufferFull) { try await socket.emitWithAcknowledgement("a") }
        }
    }

    @Test func `a program that emits faster than the network takes it is refused at the limit`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling.with { $0.limits.maximumBufferedBytes = 1_000 })
            let errors = Log<ClientError?>()
            client.onError { error, _, _ in errors.add(error as? ClientError) }
            let (socket, polling) = try await Polling.connected(world, client)
            for _ in 0..<100 { socket.emit("x", String(repeating: "x", count: 100)) }
            await world.settle()
            #expect(errors.values.count > 80)
            #expect(errors.values.allSatisfy { $0 == .bufferFull })
            #expect(client.state == .connected(transport: "polling"))
            #expect(try polling.post().body.utf8.count < 1_300)
        }
    }

    // MARK: Volatile events

    @Test func `a volatile event is dropped while the socket isn't connected`() async throws {
        try await virtually { world in
            let client = try world.client()
            let errors = Log<String>()
            client.onError { error, _, _ in errors.add("\(error)") }
            let socket = client.socket()
            socket.volatile.emit("position", 1)
            socket.open()
            let peer = try await world.joined()
            socket.volatile.emit("position", 2)
            await world.settle()
            #expect(peer.received() == [#"42["position",2]"#])
            #expect(errors.values.isEmpty)
        }
    }

    @Test func `a volatile event is dropped while earlier packets wait`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, polling) = try await Polling.connected(world, client)
            socket.emit("first")
            await world.settle()
            let first = try polling.post()
            socket.volatile.emit("position", 1)
            await world.settle()
            first.peer.respond("ok")
            await world.settle()
            #expect(try first.peer.nextRequest() == nil)
        }
    }

    // MARK: Acknowledgements

    @Test func `an acknowledgement resumes the call with its arguments`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let first = world.start { try await socket.emitWithAcknowledgement("sum", 1, 2) }
            let second = world.start { try await socket.emitWithAcknowledgement("sum", 3) }
            await world.settle()
            #expect(peer.received() == [#"420["sum",1,2]"#, #"421["sum",3]"#])
            peer.messages([#"431["b"]"#, #"430["a",1]"#])
            #expect(try await first.value.received == #"["a",1]"#)
            #expect(try await second.value.received == #"["b"]"#)
        }
    }

    @Test func `a call without an acknowledgement throws after its time`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try world.client())
            let usual = world.start { try await socket.emitWithAcknowledgement("a") }
            let short = world.start { try await socket.emitWithAcknowledgement("b", timeout: .seconds(2)) }
            await world.advance(by: .seconds(2))
            await #expect(throws: ClientError.acknowledgementTimedOut) { try await short.value }
            // Late, and therefore ignored.
            peer.message("431[]")
            await world.advance(by: .milliseconds(7_999))
            #expect(socket.acknowledgements.count == 1)
            await world.advance(by: .milliseconds(1))
            await #expect(throws: ClientError.acknowledgementTimedOut) { try await usual.value }
            #expect(socket.acknowledgements.count == 0)
        }
    }

    @Test func `a call that waits for the connection throws after its time, and its event isn't sent`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket()
            let call = world.start { try await socket.emitWithAcknowledgement("a", timeout: .seconds(3)) }
            socket.emit("b")
            await world.advance(by: .seconds(3))
            await #expect(throws: ClientError.acknowledgementTimedOut) { try await call.value }
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received() == [#"42["b"]"#])
        }
    }

    @Test func `a call keeps its deadline when the connection is opened`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket()
            let call = world.start { try await socket.emitWithAcknowledgement("a", timeout: .seconds(3)) }
            await world.advance(by: .seconds(2))
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received() == [#"420["a"]"#])
            await world.advance(by: .seconds(1))
            await #expect(throws: ClientError.acknowledgementTimedOut) { try await call.value }
        }
    }

    @Test func `a call throws when the connection is lost, and isn't sent again`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (socket, first) = try await world.connected(client)
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            await world.settle()
            first.end()
            await #expect(throws: ClientError.disconnected) { try await call.value }
            await world.advance(by: .seconds(1))
            let second = try await world.joined()
            #expect(second.received() == [])
        }
    }

    @Test func `a name of the protocol can't be sent`() async throws {
        try await virtually { world in
            let client = try world.client()
            let errors = Log<String>()
            client.onError { _, _, event in errors.add(event ?? "") }
            let (socket, peer) = try await world.connected(client)
            socket.emit("connect_error")
            await #expect(throws: (any Error).self) { try await socket.emitWithAcknowledgement("disconnect") }
            await #expect(throws: (any Error).self) { try await socket.emitAndFlush("connect") }
            await world.settle()
            #expect(errors.values == ["connect_error"])
            #expect(peer.received() == [])
        }
    }

    // MARK: Retries

    private func retrying(_ world: World, _ retries: Int = 2) throws -> SocketClient {
        try world.client("http://server", .webSocket.with { $0.retries = retries })
    }

    @Test func `with retries one event is on its way at a time, in order`() async throws {
        try await virtually { world in
            let (socket, peer) = try await world.connected(try retrying(world))
            for number in 0..<3 { socket.emit("n", number) }
            await world.settle()
            for number in 0..<3 {
                #expect(peer.received() == [#"42\#(number)["n",\#(number)]"#])
                peer.message("43\(number)[]")
                await world.settle()
            }
            #expect(peer.received() == [])
        }
    }

    @Test func `a retry is a second packet with the same event, until the tries are used up`() async throws {
        try await virtually { world in
            let client = try retrying(world)
            let (socket, peer) = try await world.connected(client)
            let call = world.start { try await socket.emitWithAcknowledgement("a", timeout: .seconds(1)) }
            await world.settle()
            socket.emit("b")
            await world.settle()
            for id in 0..<3 {
                #expect(peer.received() == [#"42\#(id)["a"]"#])
                await world.advance(by: .seconds(1))
            }
            await #expect(throws: ClientError.acknowledgementTimedOut) { try await call.value }
            #expect(peer.received() == [#"423["b"]"#])
        }
    }

    @Test func `an event without a call that is never acknowledged is reported`() async throws {
        try await virtually { world in
            let client = try retrying(world, 1)
            let errors = Log<String>()
            client.onError { error, _, event in errors.add("\(event ?? ""): \(error)") }
            let (socket, _) = try await world.connected(client)
            socket.emit("a")
            await world.advance(by: .seconds(10))
            #expect(errors.values.isEmpty)
            await world.advance(by: .seconds(10))
            #expect(errors.values == ["a: \(ClientError.acknowledgementTimedOut)"])
        }
    }

    @Test func `a try that is lost with its connection doesn't count`() async throws {
        try await virtually { world in
            let client = try retrying(world, 1)
            let (socket, peer) = try await world.connected(client)
            let call = world.start { try await socket.emitWithAcknowledgement("a") }
            await world.settle()
            socket.emit("b")
            await world.settle()
            var last = peer
            for id in 0..<5 {
                #expect(last.received() == [#"42\#(id)["a"]"#], "try \(id)")
                last.end()
                await world.advance(by: .seconds(1))
                last = try await world.joined()
            }
            #expect(last.received() == [#"425["a"]"#])
            last.message(#"435["done"]"#)
            #expect(try await call.value.received == #"["done"]"#)
            await world.settle()
            #expect(last.received() == [#"426["b"]"#])
        }
    }

    @Test func `with retries an event beyond the limit is refused and the others are sent`() async throws {
        try await virtually { world in
            let settings = ClientSettings.webSocket.with {
                $0.retries = 1
                $0.limits.maximumBufferedEvents = 2
            }
            let client = try world.client("http://server", settings)
            let errors = Log<String>()
            client.onError { error, _, event in errors.add("\(event ?? ""): \(error)") }
            let socket = client.socket()
            for name in ["a", "b", "c"] { socket.emit(name) }
            await world.settle()
            #expect(errors.values == ["c: \(ClientError.bufferFull)"])
            socket.open()
            let peer = try await world.joined()
            #expect(peer.received() == [#"420["a"]"#])
            peer.message("430[]")
            #expect(peer.received() == [#"421["b"]"#])
            peer.message("431[]")
        }
    }

    // MARK: Flush

    @Test func `flush waits until the server has taken what was sent`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, polling) = try await Polling.connected(world, client)
            let flushed = Log<Bool>()
            let flushing = world.start {
                try await socket.emitAndFlush("a")
                flushed.add(true)
            }
            await world.settle()
            #expect(flushed.values.isEmpty)
            let post = try polling.post()
            #expect(post.body == #"42["a"]"#)
            post.peer.respond("ok")
            try await flushing.value
            #expect(flushed.values == [true])
        }
    }

    @Test func `flush on a socket that isn't connected throws`() async throws {
        try await virtually { world in
            let socket = try world.client().socket()
            await #expect(throws: ClientError.disconnected) { try await socket.flush() }
        }
    }

    @Test func `flush waits for a connection that is being opened`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket()
            socket.open()
            let flushing = world.start { try await socket.emitAndFlush("a") }
            let peer = try await world.joined()
            try await flushing.value
            #expect(peer.received() == [#"42["a"]"#])
        }
    }

    @Test func `flush waits until the server has let the socket in`() async throws {
        try await virtually { world in
            let client = try world.client()
            let socket = client.socket()
            socket.open()
            let flushed = Log<Bool>()
            let flushing = world.start {
                try await socket.emitAndFlush("a")
                flushed.add(true)
            }
            await world.settle()
            let peer = try world.greeted()
            await world.settle()
            #expect(peer.received() == ["40"])
            #expect(flushed.values.isEmpty, "the event waits for the server's answer")
            peer.message(#"40{"sid":"id"}"#)
            try await flushing.value
            #expect(peer.received() == [#"42["a"]"#])
        }
    }

    @Test func `flush waits until an event with retries is acknowledged, and for nothing else`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .webSocket.with { $0.retries = 1 })
            let (socket, peer) = try await world.connected(client)
            let flushed = Log<Bool>()
            let flushing = world.start {
                try await socket.emitAndFlush("a")
                flushed.add(true)
            }
            await world.settle()
            #expect(peer.received() == [#"420["a"]"#])
            #expect(flushed.values.isEmpty)
            peer.message("430[]")
            await world.settle()
            #expect(flushed.values == [true])
            try await flushing.value
        }
    }

    @Test func `flush throws when the server refuses the socket while another one stays connected`() async throws {
        try await virtually { world in
            let client = try world.client()
            let (_, peer) = try await world.connected(client)
            let admin = client.socket("/admin")
            admin.onConnectError { _ in }
            admin.open()
            let flushing = world.start { try await admin.emitAndFlush("a") }
            await world.settle()
            peer.message(#"44/admin,{"message":"no"}"#)
            await #expect(throws: ClientError.disconnected) { try await flushing.value }
            #expect(client.connection.flushWaiters.isEmpty)
        }
    }

    @Test func `flush throws when the connection is lost`() async throws {
        try await virtually { world in
            let client = try world.client("http://server", .polling)
            let (socket, polling) = try await Polling.connected(world, client)
            let flushing = world.start { try await socket.emitAndFlush("a") }
            await world.settle()
            try polling.post().peer.respond("no", "400 Bad Request")
            await #expect(throws: ClientError.refused(status: 400, message: "no")) { try await flushing.value }
        }
    }
}
