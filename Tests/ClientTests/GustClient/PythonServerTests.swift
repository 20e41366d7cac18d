import Foundation
import GustClient
import HTTPTypes
import Testing

/// GustClient against the server of python-socketio, which is independent of this project.
///
/// It speaks Engine.IO 4 only. Where it differs from the server for Node, a test says so.
@Suite(.serialized, .timeLimit(.minutes(2)), .pythonServer) struct PythonServerTests {
    /// A transport and a parser.
    struct Way: Sendable, CustomTestStringConvertible {
        var transport: ClientTransport
        var parser = PacketParser.json

        static let json = [ClientTransport.polling, .webSocket, .upgrade].map { Way(transport: $0) }
        static let all =
            json + [ClientTransport.polling, .webSocket, .upgrade].map { Way(transport: $0, parser: .messagePack) }

        var testDescription: String { "\(transport), \(parser)" }

        var settings: ClientSettings {
            var settings = ClientSettings()
            settings.transport = transport
            settings.parser = parser
            settings.proxy = .none
            settings.reconnection.delay = .milliseconds(20)
            settings.reconnection.maximumDelay = .milliseconds(100)
            return settings
        }
    }

    /// Runs `body` with a client of the suite's server, and closes the client.
    private func run(
        _ way: Way,
        _ configure: (inout ClientSettings) -> Void = { _ in },
        _ body: (SocketClient) async throws -> Void
    ) async throws {
        var settings = way.settings
        configure(&settings)
        let port = try #require(PythonServer.ports[way.parser])
        try await ClientUse.run("http://127.0.0.1:\(port)", settings, body)
    }

    // MARK: Connecting

    @Test(arguments: Way.all) func `the payload of CONNECT is the server's auth`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect("/guarded", auth: ["token": "secret", "ü": "😀"])
            let auth = try await socket.emitWithAcknowledgement("auth").decode([String: String].self, at: 0)
            #expect(auth == ["token": "secret", "ü": "😀"])
            #expect(socket.id != nil)
        }
    }

    @Test(arguments: Way.all) func `a refusal has the message and the data of the server`(way: Way) async throws {
        try await run(way) { client in
            let data = try JSONSlice.encode(["code": 1])
            await #expect(throws: ClientError.namespaceRefused(message: "not authorized", data: data)) {
                _ = try await client.connect("/guarded", auth: ["token": "wrong"])
            }
            // The client goes on, and the same namespace can be joined with the right token.
            let socket = try await client.connect("/guarded", auth: ["token": "secret"])
            #expect(socket.isConnected)
        }
    }

    // The server for Node refuses an unknown namespace as "Invalid namespace".
    @Test(arguments: Way.json) func `an unknown namespace is refused in python-socketio's words`(way: Way) async throws
    {
        try await run(way) { client in
            await #expect(throws: ClientError.namespaceRefused(message: "Unable to connect", data: nil)) {
                _ = try await client.connect("/nowhere")
            }
        }
    }

    @Test(arguments: Way.json) func `path, query and header fields reach the server`(way: Way) async throws {
        let server = try await PythonServer.start(options: ["/custom/path"])
        defer { server.kill() }
        var settings = way.settings
        settings.path = "/custom/path"
        settings.query = [("a b", "c&d=ü")]
        settings.headers[try #require(HTTPField.Name("X-Token"))] = "secret"
        try await ClientUse.run("http://127.0.0.1:\(server.port)?token=1", settings) { client in
            let socket = try await client.connect()
            let seen = try await socket.emitWithAcknowledgement("request").decode([String].self, at: 0)
            #expect(seen[0] == "/custom/path/")
            #expect(seen[1].contains("token=1") && seen[1].contains("a%20b=c%26d%3D%C3%BC"), "\(seen[1])")
            #expect(seen[2] == "secret")
        }
    }

    // Over WebSocket python-engineio's application answers in a form that is for requests only, so uvicorn says 500; Node says 400.
    @Test(arguments: Way.json) func `a wrong path is refused with the status of the server`(way: Way) async throws {
        let expected = way.transport == .webSocket ? 500 : 404
        try await run(
            way,
            { settings in
                settings.path = "/wrong"
                settings.reconnection.isEnabled = false
            }
        ) { client in
            await #expect {
                _ = try await client.connect()
            } throws: { error in
                guard case ClientError.refused(let status, _) = error else { return false }
                return status == expected
            }
        }
    }

    @Test(arguments: Way.json) func `a connection outlives the server's heartbeats`(way: Way) async throws {
        let frames = Frames()
        try await run(way, { $0.trace = { frames.add($0) } }) { client in
            let socket = try await client.connect()
            // The server sends one each second.
            try await frames.wait("two pings and their pongs") { frames in
                frames.count { $0.direction == .received && $0.text == "2" } >= 2
                    && frames.count { $0.direction == .sent && $0.text == "3" } >= 2
            }
            #expect(try await socket.emitWithAcknowledgement("back", 1).decode(Int.self, at: 0) == 1)
        }
    }

    // MARK: Events

    @Test(arguments: Way.all) func `values of events come back`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let events = Inbox(socket, of: "echo")
            for text in ["", "grüße 😀 👩‍👩‍👧", "\u{2028}\u{0}\n\"\\</script>", String(repeating: "x", count: 100_000)] {
                socket.emit("echo", text)
                #expect(try await events.next().arguments.decode(String.self, at: 0) == text)
            }
            socket.emit("echo", 1, -2.5, true, [String: [Int?]](dictionaryLiteral: ("a", [1, nil])))
            let values = try await events.next().arguments
            #expect(values.count == 4)
            #expect(try values.decode(Int.self, at: 0) == 1)
            #expect(try values.decode(Double.self, at: 1) == -2.5)
            #expect(try values.decode(Bool.self, at: 2))
            #expect(try values.decode([String: [Int?]].self, at: 3) == ["a": [1, nil]])
            socket.emit("echo")
            #expect(try await events.next().arguments.count == 0)
        }
    }

    @Test(arguments: Way.all) func `a message is the event message`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let events = Inbox(socket, of: "message")
            socket.send("hello")
            #expect(try await events.next().arguments.decode(String.self, at: 0) == "hello")
        }
    }

    @Test(arguments: Way.all) func `500 events come back in order`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let events = Inbox(socket, of: "echo")
            for number in 0..<500 { socket.emit("echo", number) }
            // Each event is a task of its own in the server, which are started in order.
            for number in 0..<500 { #expect(try await events.next().arguments.decode(Int.self, at: 0) == number) }
        }
    }

    @Test(arguments: Way.all)
    func `the server acknowledges with several values, one, or none`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let several = try await socket.emitWithAcknowledgement("back", "a", 2)
            #expect(several.count == 2)
            #expect(try several.decode(String.self, at: 0) == "a")
            #expect(try several.decode(Int.self, at: 1) == 2)
            #expect(try await socket.emitWithAcknowledgement("back", "a").decode(String.self, at: 0) == "a")
            #expect(try await socket.emitWithAcknowledgement("back").count == 0)
            #expect(try await socket.emitWithAcknowledgement("nothing", 1).count == 0)
        }
    }

    // As the server for Node, it doesn't acknowledge an event without a handler.
    @Test(arguments: Way.json) func `an event without a handler isn't acknowledged`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            await #expect(throws: ClientError.acknowledgementTimedOut) {
                _ = try await socket.emitWithAcknowledgement("unknown", timeout: .milliseconds(50))
            }
            #expect(try await socket.emitWithAcknowledgement("back", 1).decode(Int.self, at: 0) == 1)
        }
    }

    @Test(arguments: Way.all) func `the client acknowledges with one value, several, or none`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let answers = Inbox(socket, of: "answered")
            socket.on("question") { (event: SocketEvent) in
                let count = (try? event.arguments.decode(Int.self, at: 0)) ?? -1
                switch count {
                case 0: event.acknowledge(with: Arguments())
                case 1: try? event.acknowledge("one")
                default: try? event.acknowledge("one", 2)
                }
            }
            // `call` of python-socketio returns the value, a tuple of several, or None.
            for (count, text) in [(0, #"[null,"NoneType"]"#), (1, #"["one","str"]"#), (2, #"[["one",2],"tuple"]"#)] {
                socket.emit("ask", count)
                #expect(try await answers.next().arguments[0]?.description == text)
            }
        }
    }

    @Test(arguments: Way.all) func `bytes go both ways in events and acknowledgements`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let events = Inbox(socket, of: "echo")
            let answers = Inbox(socket, of: "answered")
            let all = ByteBuffer(bytes: Array(0...255))
            socket.emit("echo", all, "text", ByteBuffer(), ["deep": [all]])
            let values = try await events.next().arguments
            #expect(try values.decode(ByteBuffer.self, at: 0) == all)
            #expect(try values.decode(String.self, at: 1) == "text")
            #expect(try values.decode(ByteBuffer.self, at: 2) == ByteBuffer())
            #expect(try values.decode([String: [ByteBuffer]].self, at: 3) == ["deep": [all]])
            let answer = try await socket.emitWithAcknowledgement("back", all)
            #expect(try answer.decode(ByteBuffer.self, at: 0) == all)
            socket.on("question") { (bytes: ByteBuffer) in bytes }
            socket.emit("ask", all)
            let answered = try await answers.next().arguments
            #expect(answered[0]?.description == #"[{"_placeholder":true,"num":0},"bytes"]"#)
            #expect(answered.attachments == [all])
        }
    }

    @Test(arguments: Way.all) func `three megabytes of text and two of bytes come back`(way: Way) async throws {
        try await run(way) { client in
            let socket = try await client.connect()
            let text = String(repeating: "0123456789", count: 300_000)
            let back = try await socket.emitWithAcknowledgement("back", text).decode(String.self, at: 0)
            #expect(back.utf8.elementsEqual(text.utf8))
            let bytes = ByteBuffer(repeating: 7, count: 2 << 20)
            #expect(try await socket.emitWithAcknowledgement("back", bytes).decode(ByteBuffer.self, at: 0) == bytes)
        }
    }

    // MARK: Namespaces and rooms

    @Test(arguments: Way.all) func `several namespaces share one connection`(way: Way) async throws {
        let frames = Frames()
        try await run(way, { $0.trace = { frames.add($0) } }) { client in
            var sockets: [ClientSocket] = []
            for name in ["/", "/a", "/b"] {
                let socket = client.socket(name)
                let welcome = Inbox(socket, of: "welcome")
                try await socket.connect()
                #expect(try await welcome.next().arguments.decode(String.self, at: 0) == name)
                sockets.append(socket)
            }
            #expect(Set(sockets.map(\.id)).count == 3)
            // One greeting is one connection.
            #expect(frames.count { $0.direction == .received && ($0.text ?? "").utf8.starts(with: "0{".utf8) } == 1)
            sockets[1].disconnect()
            #expect(try await sockets[2].emitWithAcknowledgement("back", 1).decode(Int.self, at: 0) == 1)
            try await sockets[1].connect()
            #expect(try await sockets[1].emitWithAcknowledgement("back", 2).decode(Int.self, at: 0) == 2)
        }
    }

    @Test(arguments: Way.all) func `rooms and broadcasts reach their members`(way: Way) async throws {
        try await run(way) { client in
            let member = try await client.connect("/a")
            try await run(way) { other in
                let outsider = try await other.connect("/a")
                let (room, outside) = (Inbox(member, of: "room"), Inbox(outsider, of: "room"))
                let (broadcast, own) = (Inbox(member, of: "broadcast"), Inbox(outsider, of: "broadcast"))
                let left = Inbox(member, of: "left")
                let joined = try await member.emitWithAcknowledgement("join", "lobby")
                #expect(try joined.decode(String.self, at: 0) == "joined")
                outsider.emit("room", "lobby", ["x": 1])
                #expect(try await room.next().arguments.decode([String: Int].self, at: 0) == ["x": 1])
                outsider.emit("broadcast", "all")
                #expect(try await broadcast.next().arguments.decode(String.self, at: 0) == "all")
                // The acknowledgement is behind everything that the server has sent to this socket before.
                _ = try await outsider.emitWithAcknowledgement("back", 1)
                #expect(outside.isEmpty && own.isEmpty)
                outsider.disconnect()
                #expect(try await left.next().arguments.decode(String.self, at: 0) == "client disconnect")
            }
        }
    }

    // MARK: The end

    @Test(arguments: Way.all)
    func `a socket that the server disconnects stays disconnected until it is connected again`(way: Way) async throws {
        try await run(way) { client in
            let other = try await client.connect("/b")
            let socket = try await client.connect("/a")
            let reasons = Reasons(socket)
            socket.emit("kick")
            #expect(try await reasons.next() == .serverDisconnect)
            #expect(!socket.isConnected)
            #expect(try await other.emitWithAcknowledgement("back", 1).decode(Int.self, at: 0) == 1)
            try await socket.connect()
            #expect(try await socket.emitWithAcknowledgement("back", 2).decode(Int.self, at: 0) == 2)
        }
    }

    @Test(arguments: Way.json)
    func `after a restart of the server the sockets are connected again, and what was sent meanwhile arrives in order`(
        way: Way
    ) async throws {
        let first = try await PythonServer.start()
        let port = try first.port
        try await ClientUse.run("http://127.0.0.1:\(port)", way.settings) { client in
            let asked = Counter()
            let socket = client.socket("/guarded") { ["token": asked.next() > 0 ? "secret" : ""] }
            try await socket.connect()
            let other = try await client.connect("/a")
            let (reasons, events) = (Reasons(socket), Inbox(socket, of: "echo"))
            first.kill()
            let reason = try await reasons.next()
            #expect(reason == .transportClose || reason == .transportError, "\(reason)")
            for number in 0..<100 { socket.emit("echo", number) }
            let answer = Task { try await other.emitWithAcknowledgement("back", "later", timeout: .seconds(20)) }
            let second = try await PythonServer.start(port: port)
            defer { second.kill() }
            for number in 0..<100 { #expect(try await events.next().arguments.decode(Int.self, at: 0) == number) }
            #expect(try await answer.value.decode(String.self, at: 0) == "later")
            // The credentials of CONNECT are asked for at each connection.
            #expect(asked.value == 2)
        }
    }
}
