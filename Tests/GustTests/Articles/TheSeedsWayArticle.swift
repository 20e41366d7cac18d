import Gust
import GustSeed
import GustTesting
import Testing

/// The snippets of `TheSeedsWay.md`.
@Suite(.leavesNothing) struct TheSeedsWayArticle {
    struct EchoHandler: SocketIOHandler {
        let socket: Socket

        func onOpen(_ captures: Captures) throws {
            guard captures["sec_b"] != "banned" else { throw ConnectError("not you") }
        }

        func onMessage(_ message: Message) { send("[echo] \(message)") }

        func onClose(_ reason: CloseReason) { print("closed: \(reason.rawValue)") }
    }

    private func application() -> Application {
        let echo = EchoHandler.routes("echoTest", extraRE: "(?P<sec_a>123)(?P<sec_b>.*)", extraSep: "/")
        let app = Application([echo], enabledProtocols: [.websocket, .flashsocket, .xhrPolling], flashPolicyPort: 8043)
        return app
    }

    private func serve(_ app: Application) async {
        await Application.main { try await SocketIOServer(app).run() }
    }

    @Test func `the echo handler greets all clients except banned ones`() async throws {
        let client = TestClient(try application().router())
        let socket = try await client.open("/echoTest/123abc", over: .xhrPolling, speaking: .socketIO06)
        try await socket.send("OMG! Ponies!")
        #expect(try await socket.nextMessage() == .text("[echo] OMG! Ponies!"))
        await #expect(throws: TestError.self) { try await client.open("/echoTest/123banned") }
    }

    @Test func `a transport that isn't enabled is refused`() async throws {
        let client = TestClient(try application().router())
        await #expect(throws: TestError.self) {
            try await client.open("/echoTest/123abc", over: .htmlFile, speaking: .socketIO06)
        }
    }
}
