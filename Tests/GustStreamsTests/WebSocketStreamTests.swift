import Gust
import GustHTTP
import GustTesting
import HTTPTypes
import Logging
import NIOCore
import Synchronization
import Testing

@testable import GustStreams

/// WebSockets that asynchronous code serves.
@Suite struct WebSocketStreamTests {
    private static func router(
        subprotocols: [String] = [],
        origins: WebSocketOrigins = .same,
        pings: Duration? = nil,
        _ body: @escaping @Sendable (WebSocketStream, Request) async throws -> Void
    ) throws -> Router {
        var app = Application()
        app.webSocketStream(
            "/ws/:room",
            subprotocols: subprotocols,
            origins: origins,
            pings: pings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            body
        )
        return try app.router()
    }

    @Test(arguments: TestDepth.allCases)
    func `messages are a sequence, and the request is known`(depth: TestDepth) async throws {
        let router = try Self.router { socket, request in
            try await socket.send("in \(request.captures["room"] ?? "")")
            for try await message in socket.messages {
                switch message {
                case .text(let text): try await socket.send(text.uppercased())
                case .binary(let bytes): try await socket.send(ByteBuffer(bytes: bytes.readableBytesView.reversed()))
                }
            }
        }
        try await TestClient.with(router, at: depth) { client async throws in
            let socket = try await client.webSocket("/ws/tea")
            #expect(try await socket.next() == .text("in tea"))
            try await socket.send("a")
            try await socket.send("ü")
            try await socket.send(ByteBuffer(bytes: [1, 2]))
            #expect(try await socket.next() == .text("A"))
            #expect(try await socket.next() == .text("Ü"))
            #expect(try await socket.next() == .binary(ByteBuffer(bytes: [2, 1])))
        }
    }

    @Test(arguments: TestDepth.allCases)
    func `the end of the closure closes the WebSocket`(depth: TestDepth) async throws {
        struct Failure: Error {}
        let router = try Self.router { _, request in if request.captures["room"] == "bad" { throw Failure() } }
        try await TestClient.with(router, at: depth) { client async throws in
            #expect(try await client.webSocket("/ws/good").next() == .close(.normalClosure))
            #expect(try await client.webSocket("/ws/bad").next() == .close(.internalError))
        }
    }

    @Test(
        arguments: [
            (nil, 101), ("http://example.com", 101), ("https://EXAMPLE.com", 101), ("https://other.example", 101),
            ("https://evil.example", 403), ("null", 403), ("https://example.com.evil.example", 403),
            ("https://example.com:8443", 403), ("https://example.com\u{301}", 403),
        ] as [(String?, Int)]
    )
    func `a page of another site is refused`(origin: String?, status: Int) async throws {
        let router = try Self.router(origins: .listed(["https://other.example"])) { socket, _ in
            for try await _ in socket.messages {}
        }
        let client = TestClient(router)
        var headers: HTTPFields = [:]
        headers[try #require(HTTPField.Name("Host"))] = "example.com"
        headers[.origin] = origin
        do {
            _ = try await client.webSocket("/ws/a", headers: headers)
            #expect(status == 101)
        } catch TestError.refused(let response) {
            #expect(response.status.code == status)
        }
    }

    @Test func `the first subprotocol that the client offers is used`() async throws {
        let router = try Self.router(subprotocols: ["v2", "v1"]) { socket, _ in
            try await socket.send(socket.subprotocol ?? "none")
        }
        let client = TestClient(router)
        for (offer, chosen) in [("v1, v2", "v2"), ("v1", "v1"), ("v3", "none")] {
            let socket = try await client.webSocket("/ws/a", headers: [.secWebSocketProtocol: offer])
            #expect(try await socket.next() == .text(chosen))
        }
    }

    @Test func `nothing more is read while messages wait, and none is lost`() async throws {
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let router = try Self.router { socket, _ in
            for await _ in gate {}
            var count = 0
            for try await _ in socket.messages {
                count += 1
                if count == 1_000 { return try await socket.send("\(count)") }
            }
        }
        let client = TestClient(router)
        let socket = try await client.webSocket("/ws/a")
        for number in 0..<1_000 { try await socket.send("\(number)") }
        open.finish()
        #expect(try await socket.next() == .text("1000"))
    }

    @Test(arguments: TestDepth.allCases)
    func `the task is cancelled when the client leaves`(depth: TestDepth) async throws {
        let (never, kept) = AsyncStream.makeStream(of: Void.self)
        let state = Outcome()
        let router = try Self.router { socket, _ in
            try await socket.send("ready")
            for await _ in never {}
            state.text.withLock { $0 = Task.isCancelled ? "cancelled" : "not cancelled" }
        }
        try await TestClient.with(router, at: depth) { client async throws in
            let socket = try await client.webSocket("/ws/a")
            #expect(try await socket.next() == .text("ready"))
            try await socket.close()
            try await client.wait(for: "the cancellation") { state.text.withLock { $0 == "cancelled" } }
        }
        kept.finish()
    }

    private final class Outcome: Sendable { let text = Mutex("") }
}
