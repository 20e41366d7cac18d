import GustAdapter
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// While too many handlers of a client are suspended, the server doesn't read from it and doesn't answer its `POST`.
@Suite(.leavesNothing) struct BackPressureTests {
    private let io: SocketIO
    private let client: TestClient
    private let gate = Gate()

    init() {
        var settings = SocketIOSettings()
        settings.maximumSuspendedHandlers = 1
        io = SocketIO(settings)
        client = TestClient(EndpointHarness(io))
        io.onConnect { [gate] socket in
            socket.on("wait") { () async in await gate.wait() }
        }
    }

    @Test func `a POST is answered when its handler has finished`() async throws {
        let target = try await client.pollingSession()
        let post = try await client.start(.post, target, body: ByteBuffer(string: #"42["wait"]"#))
        #expect(try await post.finishedResponse() == nil)
        gate.open()
        #expect(try await post.response().text == "ok")
        #expect(try await client.post(target, body: "42[\"x\"]").text == "ok")
    }

    @Test func `a second POST before that closes the connection, and both are answered`() async throws {
        let target = try await client.pollingSession()
        let first = try await client.start(.post, target, body: ByteBuffer(string: #"42["wait"]"#))
        let second = try await client.post(target, body: #"42["x"]"#)
        #expect(second.status == .badRequest)
        #expect(io.connectionCount == 0)
        #expect(try await first.finishedResponse()?.text == "ok")
        gate.open()
    }

    @Test func `a POST that closes the connection is answered while a handler is suspended`() async throws {
        let target = try await client.pollingSession()
        let post = try await client.post(target, body: "42[\"wait\"]\u{1E}1")
        #expect(post.text == "ok")
        #expect(io.connectionCount == 0)
        gate.open()
    }

    @Test func `where a POST is answered before it is handled, the next POST waits`() async throws {
        let sid = String(try await client.get("/socket.io/1/?t=1").text.prefix { $0 != ":" })
        let target = "/socket.io/1/xhr-polling/\(sid)?t=1"
        _ = try await client.get(target)
        #expect(try await client.post(target, body: #"5:::{"name":"wait"}"#).text == "1")
        let second = try await client.start(.post, target, body: ByteBuffer(string: "3:::hi"))
        #expect(try await second.finishedResponse() == nil)
        gate.open()
        #expect(try await second.response().text == "1")
    }

    @Test func `no heartbeat times out while reading is paused`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["wait"]"#)
        await client.advance(by: .milliseconds(25_020))
        #expect(try await webSocket.nextIfAny() == .text("2"))
        await client.advance(by: .seconds(60))
        #expect(io.connectionCount == 1)
        gate.open()
        await client.settle()
        await client.advance(by: .seconds(21))
        #expect(io.connectionCount == 0)
    }

    @Test func `the bound of suspended handlers holds within one POST`() async throws {
        let started = Recorded<Int>()
        io.onConnect { [gate] socket in
            socket.on("count") { (number: Int) async in
                started.add(number)
                if number == 1 { await gate.wait() }
            }
            socket.on("now") { started.add(0) }
        }
        let target = try await client.pollingSession()
        let body = ByteBuffer(string: [1, 2, 3].map { "42[\"count\",\($0)]" }.joined(separator: "\u{1E}"))
        let post = try await client.start(.post, target, body: body)
        #expect(try await post.finishedResponse() == nil)
        #expect(started.all == [1])
        gate.open()
        #expect(try await post.response().text == "ok")
        #expect(started.all == [1, 2, 3])
        // The server reads from the client again.
        #expect(try await client.post(target, body: #"42["now"]"#).text == "ok")
        #expect(started.all == [1, 2, 3, 0])
    }

    @Test func `a close packet behind events is handled behind the events`() async throws {
        let lines = Recorded<String>()
        io.onConnect { [gate] socket in
            socket.on("slow") { () async in await gate.wait() }
            socket.on("then") { lines.add("then") }
            socket.onDisconnect { lines.add($0.rawValue) }
        }
        let target = try await client.pollingSession()
        let post = try await client.start(
            .post,
            target,
            body: ByteBuffer(string: "42[\"slow\"]\u{1E}42[\"then\"]\u{1E}1")
        )
        #expect(try await post.finishedResponse() == nil)
        #expect(lines.all == [])
        gate.open()
        #expect(try await post.response().text == "ok")
        #expect(lines.all == ["then", "transport close"])
    }

    @Test func `an acknowledgement is handled while the handler that awaits it is suspended`() async throws {
        let answers = Recorded<String>()
        io.onConnect { socket in
            socket.on("ask") { () async throws in
                answers.add(try await socket.emitWithAcknowledgement("question").decode(String.self, at: 0))
            }
        }
        let target = try await client.pollingSession()
        // The payload contains the acknowledgement of the event that the handler will emit.
        let post = try await client.start(
            .post,
            target,
            body: ByteBuffer(string: "42[\"ask\"]\u{1E}430[\"answer\"]")
        )
        #expect(try await post.response().text == "ok")
        #expect(answers.all == ["answer"])
    }

    @Test func `a disconnect cancels handlers without reporting an error`() async throws {
        let errors = Recorded<String>()
        io.onError { error, _, _ in errors.add("\(error)") }
        let ended = Recorded<Bool>()
        io.onConnect { socket in
            socket.on("sleep") { () async throws in
                let (never, _) = AsyncStream.makeStream(of: Void.self)
                for await _ in never {}
                ended.add(Task.isCancelled)
                try Task.checkCancellation()
            }
        }
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.send(#"42["sleep"]"#)
        await client.settle()
        #expect(ended.all == [])
        try await webSocket.close()
        try await client.wait(for: "the handler's end") { !ended.all.isEmpty }
        #expect(ended.all == [true])
        #expect(errors.all == [])
    }

    // MARK: Slow readers

    @Test func `volatile events of one socket are dropped while its client doesn't read`() async throws {
        let webSocket = try await client.joinedWebSocket()
        let socket = try #require(await io.everybody.sockets().first)
        try await webSocket.setWritable(false)
        let before = io.statistics.packetsOut
        try await client.onLoop { [io] in
            io.everybody.volatile.emit("dropped")
            socket.volatile.emit("dropped")
            socket.emit("kept")
        }
        try await webSocket.setWritable(true)
        #expect(io.statistics.packetsOut == before + 1)
        try await client.onLoop { socket.volatile.emit("heard") }
        #expect(try await webSocket.nextIfAny() == .text(#"42["kept"]"#))
        #expect(try await webSocket.nextIfAny() == .text(#"42["heard"]"#))
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `a volatile event that can't be encoded is reported and not sent`() async throws {
        let outcome = Outcome()
        io.onError { error, socket, event in
            if error is EncodingError, socket != nil, event == "number" { outcome.set(.success(())) }
        }
        let webSocket = try await client.joinedWebSocket()
        let socket = try #require(await io.everybody.sockets().first)
        try await client.onLoop { socket.volatile.emit("number", Double.nan) }
        #expect(outcome.isSuccess)
        #expect(try await webSocket.nextIfAny() == nil)
    }

    @Test func `all waiting packets are sent at once when a WebSocket becomes writable`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.setWritable(false)
        try await client.onLoop { [io] in for number in 1...40 { io.emit("news", number) } }
        try await webSocket.setWritable(true)
        for number in 1...40 { #expect(try await webSocket.nextIfAny() == .text(#"42["news",\#(number)]"#)) }
    }

    @Test func `flushing a disconnected socket fails at once`() async throws {
        let webSocket = try await client.joinedWebSocket()
        let socket = try #require(await io.everybody.sockets().first)
        try await webSocket.close()
        await #expect(throws: SocketError.disconnected) { try await socket.flush() }
    }

    @Test func `flushing an empty outbox returns at once`() async throws {
        _ = try await client.joinedWebSocket()
        let socket = try #require(await io.everybody.sockets().first)
        try await socket.flush()
    }

    // MARK: After CONNECT

    @Test(arguments: [false, true])
    func `packets of a connect handler follow CONNECT after two milliseconds`(isBroadcast: Bool) async throws {
        io.onConnect { socket in
            if isBroadcast { socket.namespace.emit("hello") } else { socket.emit("hello") }
        }
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send("40")
        _ = try await webSocket.nextIfAny()
        // A change of writability does not send the packets earlier.
        try await webSocket.setWritable(true)
        #expect(try await webSocket.nextIfAny() == nil)
        await client.advance(by: .milliseconds(2))
        #expect(try await webSocket.nextIfAny() == .text(#"42["hello"]"#))
    }

    @Test func `packets follow the CONNECT of a second namespace too`()
        async throws
    {
        io.onConnect { $0.emit("hello") }
        io["/other"].onConnect { $0.emit("hello") }
        let webSocket = try await client.webSocket("/socket.io/?EIO=4&transport=websocket")
        _ = try await webSocket.next()
        try await webSocket.send("40")
        try await webSocket.send("40/other,")
        _ = try await webSocket.nextIfAny()
        #expect(try await webSocket.nextIfAny() == nil)
        await client.advance(by: .milliseconds(2))
        #expect(try await webSocket.nextIfAny() == .text(#"42["hello"]"#))
        guard case .text(let answer)? = try await webSocket.nextIfAny() else { throw TestError.closed }
        #expect(answer.hasPrefix("40/other,{"))
        #expect(try await webSocket.nextIfAny() == nil)
        await client.advance(by: .milliseconds(2))
        #expect(try await webSocket.nextIfAny() == .text(#"42/other,["hello"]"#))
    }

    // MARK: The end

    @Test func `waiting packets are sent before a WebSocket is closed`() async throws {
        let webSocket = try await client.joinedWebSocket()
        try await webSocket.setWritable(false)
        try await client.onLoop { [io] in
            io.emit("last")
            io.close()
        }
        #expect(try await webSocket.nextIfAny() == nil)
        #expect(io.connectionCount == 1)
        try await webSocket.setWritable(true)
        #expect(try await webSocket.nextIfAny() == .text(#"42["last"]"#))
        #expect(try await webSocket.nextIfAny() == .close(nil))
        #expect(io.connectionCount == 0)
    }

    @Test func `packets that are emitted after closing a polling connection are not sent`() async throws {
        let target = try await client.pollingSession()
        let socket = try #require(await io.everybody.sockets().first)
        try await client.onLoop { [io] in
            io.emit("last")
            io.close()
            io.emit("late")
            socket.emit("later")
        }
        #expect(try await client.get(target).text == #"42["last"]"#)
        #expect(try await client.get(target).status == .badRequest)
    }
}
