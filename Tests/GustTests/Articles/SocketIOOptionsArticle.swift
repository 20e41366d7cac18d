import Gust
import GustTesting
import Logging
import Synchronization
import Testing

/// The snippets of `SocketIOOptions.md`.
@Suite(.leavesNothing) struct SocketIOOptionsArticle {
    private struct Accounts {
        func isOpen(_ name: String) async -> Bool { name == "ada" }
    }

    @Test func `settings are made before the server`() async throws {
        var app = Application()
        var settings = SocketIOSettings()
        settings.pingInterval = .seconds(10)
        settings.maximumPayload = 100_000
        let io = SocketIO(settings)
        app.add(io.routes())
        let client = TestClient(try app.router())
        let text = try await client.get("/socket.io/?EIO=4&transport=polling").text
        #expect(text.contains(#""pingInterval":10000"#))
        #expect(text.contains(#""maxPayload":100000"#))
        #expect(try await client.get("/socket.io/socket.io.js").status == .ok)
    }

    @Test func `a handshake waits for a closure, and its response has a sid and a cookie of the application`()
        async throws
    {
        let accounts = Accounts()
        var settings = SocketIOSettings()
        settings.admitAsynchronously = { request in
            guard await accounts.isOpen(request.query["account"] ?? "") else {
                throw HTTPError(.forbidden, "this account is closed")
            }
        }
        settings.generateID = { _ in
            "node1-" + (0..<4).map { _ in String(UInt64.random(in: 0...(.max)), radix: 36) }.joined()
        }
        settings.cookie = Cookie("io", "")
        settings.initialHeaders = { headers, _ in headers[.strictTransportSecurity] = "max-age=31536000" }
        settings.pollCompression?.minimumLength = 4_096
        var deflate = WebSocketDeflate()
        deflate.level = 3
        deflate.keepsContext = true
        deflate.maximumContextBytes = 32 << 20
        settings.deflate = deflate
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let io = SocketIO(settings, logger: logger)
        io.onConnectionError { refused in
            print(refused.code, refused.message, refused.context)
        }
        var app = Application(logger: logger)
        app.add(io.routes())
        let client = TestClient(try app.router())
        let response = try await client.get("/socket.io/?EIO=4&transport=polling&account=ada")
        #expect(response.headers[.setCookie]?.hasPrefix("io=node1-") == true)
        #expect(response.headers[.strictTransportSecurity] == "max-age=31536000")
        let refused = try await client.get("/socket.io/?EIO=4&transport=polling&account=bob")
        #expect(refused.text == #"{"code":4,"message":"this account is closed"}"#)
        let socket = try await client.open(over: .webSocket, query: "&account=ada")
        try await socket.close()
    }
}
