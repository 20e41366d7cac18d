import GustSeed
import GustServer
import GustTesting
import HTTPTypes
import NIOCore
import NIOPosix
import Testing

@testable import Gust

/// How an application starts, and how it reports that it can't start.
@Suite(.leavesNothing) struct StartTests {
    @Test func `the error for a port in use names the port`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        defer { listener.close(promise: nil) }
        let port = try #require(listener.localAddress?.port)
        let app = Application()
        let error = await #expect(throws: ListenError.self) { try await app.run(port: port) }
        let message = StartFailure.message(try #require(error))
        #expect(message == "error: can't listen on http://127.0.0.1:\(port): Address already in use\n")
    }

    @Test(arguments: [-1, 65_536, 70_000]) func `a number that isn't a port is refused`(port: Int) async throws {
        let error = await #expect(throws: ListenError.self) { try await Application().run(port: port) }
        #expect(
            StartFailure.message(try #require(error))
                == "error: can't listen on http://127.0.0.1:\(port): a port is a number from 0 to 65535\n"
        )
    }

    @Test func `a message of several lines is printed unchanged`() throws {
        var app = Application()
        app.get("/(") { _ in "x" }
        let error = #expect(throws: RoutesError.self) { try app.router() }
        #expect(StartFailure.message(try #require(error)).hasPrefix("error:\nGustTests/StartTests.swift:"))
    }

    @Test func `the program continues after a main part that doesn't throw`() async {
        var isDone = false
        await Application.main { isDone = true }
        #expect(isDone)
    }

    // MARK: Settings

    @Test func `protocols that are enabled after the routes were added apply to all endpoints`() async throws {
        var app = Application()
        app.add(SocketIO().routes())
        app.settings.enabledTransports = ["websocket"]
        let client = TestClient(try app.router())
        let refusal = try await client.get("/socket.io/?EIO=4&transport=polling")
        #expect(refusal.text == #"{"code":0,"message":"Transport unknown"}"#)
        _ = try await client.open(over: .webSocket)
        app.settings.enabledTransports = nil
        #expect(try await TestClient(app.router()).get("/socket.io/?EIO=4&transport=polling").status == .ok)
    }

    @Test func `the server listens on the port of the settings`() async throws {
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0).get()
        defer { listener.close(promise: nil) }
        let port = try #require(listener.localAddress?.port)
        let app = Application([], flashPolicyPort: nil, socketIOPort: port)
        let error = await #expect(throws: ListenError.self) { try await app.run() }
        #expect(error?.address == "http://127.0.0.1:\(port)")
        let server = try SocketIOServer(app, host: "127.0.0.1").server
        let same = await #expect(throws: ListenError.self) { try await server.run() }
        #expect(same?.address == "http://127.0.0.1:\(port)")
    }

    // MARK: WebSockets

    @Test func `a WebSocket's closure gets the request with its captures`() async throws {
        var app = Application()
        app.webSocket("/rooms/:room") { webSocket, events, request in
            let room = request.captures["room"] ?? "-"
            let key = request.query["key"] ?? "-"
            events.onText = { text in webSocket.send("\(room) \(key) \(String(buffer: text))") }
        }
        let socket = try await TestClient(app.router()).webSocket("/rooms/lobby?key=7")
        try await socket.send("x")
        #expect(try await socket.next() == .text("lobby 7 x"))
    }

    // MARK: Places of mistakes

    @Test func `a mistake in an endpoint's pattern is reported at the place where the endpoint was added`() throws {
        struct Echo: SocketIOHandler {
            let socket: Socket
            func onMessage(_ message: Message) {}
        }
        var app = Application()
        app.add(Echo.routes("a", extraRE: "("))
        app.add(Echo.routes(matching: "b("))
        app.add(EngineIO().routes("c", extraRE: "("))
        app.add(SocketIO().routes("d", extraRE: "("))
        let error = #expect(throws: RoutesError.self) { try app.router() }
        let problems = try #require(error).problems
        #expect(problems.count == 4)
        #expect(problems.allSatisfy { $0.hasPrefix("GustTests/StartTests.swift:") })
    }
}
