import Gust
import GustTesting
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

    @Test func `a client that doesn't answer heartbeats is gone`() async throws {
        var app = Application()
        let io = SocketIO()
        app.add(io.routes())
        let client = TestClient(try app.router())
        _ = try await client.open()
        #expect(io.connectionCount == 1)
        await client.advance(by: .seconds(46))
        #expect(io.connectionCount == 0)
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
