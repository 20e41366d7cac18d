import Gust
import GustSeed
import Testing

/// The URLs of named endpoints.
@Suite struct EndpointNameTests {
    private let io = SocketIO()

    private func router(_ routes: Route...) throws -> Router {
        var app = Application()
        for route in routes { app.add(route) }
        return try app.router()
    }

    @Test func `the URL of an endpoint is the path that its clients are told`() throws {
        let router = try router(io.routes(name: "live"), io.routes("a b", name: "spaced"))
        #expect(try router.url(for: "live") == "/socket.io")
        #expect(try router.url(for: "spaced") == "/a%20b")
    }

    @Test func `the captures of the extra part and of the resource are values of the URL`() throws {
        let router = try router(
            io.routes("chat", extraRE: "(?P<room>[a-z]+)", name: "room"),
            io.routes(matching: "chat-(?P<language>[a-z]{2})", extraRE: "[0-9]+", extraSep: ".", name: "number")
        )
        #expect(try router.url(for: "room", ["room": "lobby"]) == "/chat/lobby")
        #expect(try router.url(for: "number", ["language": "de", "extra": 7]) == "/chat-de.7")
        #expect {
            try router.url(for: "room", ["room": "7"])
        } throws: { error in
            "\(error)".contains("a value doesn't match its capture")
        }
    }

    @Test func `a path without the extra part is a URL of the endpoint only if that part may be empty`() throws {
        let router = try router(
            io.routes("chat", extraRE: "(?P<room>[a-z]+)", name: "room"),
            io.routes("talk", extraRE: "(?P<room>[a-z]*)", name: "talk")
        )
        #expect {
            try router.url(for: "room")
        } throws: { error in
            "\(error)".hasPrefix(#"a value for "extra" is missing"#)
        }
        #expect(try router.url(for: "talk") == "/talk")
        #expect(try router.url(for: "talk", ["room": "x"]) == "/talk/x")
    }

    @Test func `the URL of an endpoint that requires a slash at its end has one`() throws {
        var settings = SocketIOSettings()
        settings.requiresTrailingSlash = true
        #expect(try router(SocketIO(settings).routes(name: "live")).url(for: "live") == "/socket.io/")
    }

    @Test func `endpoints of the other kinds have names, too`() throws {
        struct Echo: SocketIOHandler {
            let socket: Socket
            func onMessage(_ message: Message) { send(message) }
        }
        let router = try router(
            EngineIO().routes("engine", name: "engine"),
            Echo.routes("echo", name: "echo"),
            Echo.routes(matching: "(?P<kind>e|f)cho", name: "kind")
        )
        #expect(try router.url(for: "engine") == "/engine")
        #expect(try router.url(for: "echo") == "/echo")
        #expect(try router.url(for: "kind", ["kind": "f"]) == "/fcho")
    }
}
