import Gust
import GustForms
import GustTesting
import GustWeb
import Testing

/// The snippets of `Testing.md`, which are tests themselves.
@Suite(.leavesNothing) struct TestingArticle {
    @Test func `a user is greeted`() async throws {
        var app = Application()
        app.get("/hello/:name") { (_, name: String) in "Hello, \(name)" }
        let client = TestClient(try app.router())
        let response = try await client.get("/hello/Ada")
        #expect(response.status == .ok)
        #expect(response.text == "Hello, Ada")
    }

    struct Note: Codable, Equatable {
        let text: String
        let tags: [String]
    }

    @Test func `a note is kept`() async throws {
        var app = Application()
        app.post("/notes") { request in JSON(try await request.decodeContent(Note.self)).with(.created) }
        let client = TestClient(try app.router())
        let note = Note(text: "tea & cake", tags: ["food", "drink"])
        let form: TestForm = ["text": "tea & cake", "tags": "food", "tags": "drink"]
        #expect(try await client.post("/notes", form: form).decode() == note)
        let response = try await client.post("/notes", json: note)
        #expect(response.status == .created)
        #expect(try response.decode() == note)
    }

    @Test func `a slow reader gets the last value only`() async throws {
        var app = Application()
        app.get("/clock") { _ in
            Response(
                body: .stream { writer in
                    writer.write(ByteBuffer(string: "tick "))
                    let bound = NIOLoopBound(writer, eventLoop: writer.eventLoop)
                    writer.eventLoop.scheduleTask(in: .seconds(1)) { bound.value.finish(ByteBuffer(string: "tock")) }
                }
            )
        }
        app.webSocket("/values") { webSocket, events in
            events.onText = { if webSocket.isWritable { webSocket.send(text: $0) } }
        }
        let client = TestClient(try app.router())
        let exchange = try await client.start(.get, "/clock")
        #expect(try await exchange.partialText() == "tick ")
        #expect(try await exchange.finishedResponse() == nil)
        await client.advance(by: .seconds(1))
        #expect(try await exchange.response().text == "tick tock")

        let webSocket = try await client.webSocket("/values")
        try await webSocket.setWritable(false)
        try await webSocket.send("1")
        try await webSocket.setWritable(true)
        try await webSocket.send("2")
        #expect(try await webSocket.next() == .text("2"))
        try await webSocket.close(.goingAway)
    }

    @Test(arguments: ClientProfile.withEvents)
    func `what one says the others hear`(profile: ClientProfile) async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.on("say") { (text: String) in socket.broadcast.emit("line", text) }
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open(profile)
        let bob = try await client.open()
        try await ada.emit("say", "hello")
        #expect(try await bob.next() == .event("line", [#""hello""#]))
    }

    @Test func `a client that breaks the protocol is disconnected, and its reason is known`() async throws {
        var app = Application()
        let io = SocketIO()
        io.onConnect { socket in
            socket.onDisconnect { reason in socket.broadcast.emit("left", reason.rawValue) }
        }
        app.add(io.routes())
        let client = TestClient(try app.router())
        let ada = try await client.open()
        let bob = try await client.open(over: .polling)
        try await bob.sendRaw("not a packet")
        #expect(try await bob.next() == .disconnected)
        #expect(try await ada.next() == .event("left", [#""parse error""#]))
    }

    @Test func `a client that doesn't answer heartbeats is gone`() async throws {
        var app = Application()
        let io = SocketIO()
        app.add(io.routes())
        let client = TestClient(try app.router())
        _ = try await client.open()
        #expect(io.statistics.open == 1)
        await client.advance(by: .seconds(46))
        #expect(io.statistics.open == 0)
    }

    @Test(arguments: TestDepth.allCases)
    func `a page is there at both depths`(depth: TestDepth) async throws {
        var app = Application()
        app.get("/") { _ in "here" }
        try await TestClient.with(try app.router(), at: depth) { client async throws in
            #expect(try await client.get("/").text == "here")
        }
    }
}
