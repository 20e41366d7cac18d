import Foundation
import Gust
import GustTesting
import GustWire
import Synchronization
import Testing

/// The client of `GustTesting` behaves the same in memory and over TCP.
@Suite(.serialized, .leavesNothing) struct TestClientTests {
    /// Whether a handler was cancelled because its client disconnected.
    private let left = Shared(false)

    private func router() throws -> Router {
        var app = Application()
        app.get("/users/:id") { request in "user \(request.captures["id"] ?? "")" }
        app.post("/count") { request async throws in "\(try await request.body.collect(upTo: 1 << 20).readableBytes)" }
        app.get("/stream") { _ in
            Response(
                body: .stream { writer in
                    writer.write(ByteBuffer(string: "one "))
                    writer.write(ByteBuffer(string: "two"))
                    writer.eventLoop.scheduleTask(in: .milliseconds(5)) { [writer = Unshared(writer)] in
                        writer.value.finish(ByteBuffer(string: " three"))
                    }
                }
            )
        }
        app.get("/waiting") { [left] _ async throws -> String in
            do {
                try await Task.sleep(for: .seconds(100))
            } catch {
                left.withLock { $0 = true }
            }
            return "late"
        }
        app.get("/broken") { _ in
            Response(
                body: .stream { writer in
                    writer.write(ByteBuffer(string: "half"))
                    writer.abort()
                }
            )
        }
        app.get("/echo") { _ in
            Response(
                status: .switchingProtocols,
                body: .upgrade(
                    WebSocketUpgrade { webSocket in
                        let events = WebSocketEvents()
                        events.onText = { text in
                            switch String(buffer: text) {
                            case "close": webSocket.close(code: .goingAway, reason: "")
                            case "abort": webSocket.abort()
                            default: webSocket.send(text: text)
                            }
                        }
                        events.onBinary = { webSocket.send(binary: $0) }
                        return events
                    }
                )
            )
        }
        return try app.router()
    }

    /// A value bound to one loop, for a closure that runs on that loop.
    ///
    /// `@unchecked Sendable`: the value is made on the loop of its writer, and used only in a task on the same loop.
    private struct Unshared<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    @Test(arguments: TestDepth.allCases)
    func `disconnecting cancels the handler that the client waits for`(depth: TestDepth) async throws {
        try await TestClient.with(try router(), at: depth) { [left] client async throws in
            let exchange = try await client.start(.get, "/waiting")
            if depth == .tcp {
                // When the server answers another request, it has read this one.
                _ = try await client.get("/users/1")
            }
            try await exchange.abort()
            try await client.wait(for: "a cancelled handler") { left.withLock { $0 } }
        }
    }

    @Test(arguments: TestDepth.allCases) func `requests are answered one after the other`(
        depth: TestDepth
    ) async throws {
        try await TestClient.with(try router(), at: depth) { client async throws in
            for id in 0..<5 { #expect(try await client.get("/users/\(id)").text == "user \(id)") }
            #expect(try await client.get("/nowhere").status == .notFound)
            let body = String(repeating: "x", count: 200_000)
            #expect(try await client.post("/count", body: body).text == "200000")
            // The server leaves the body out, not the handler.
            if depth == .tcp { #expect(try await client.execute(.head, "/users/1").text == "") }
            #expect(try await client.get("/users/2").text == "user 2")
        }
    }

    @Test(arguments: TestDepth.allCases, [true, false]) func `cookies are kept at every depth, if that is configured`(
        depth: TestDepth,
        keepsCookies: Bool
    ) async throws {
        var app = Application()
        app.get("/in") { _ in Response(headers: [.setCookie: "a=b; Path=/"]) }
        app.get("/who") { request in request.headers[.cookie] ?? "nobody" }
        try await TestClient.with(try app.router(), at: depth, keepsCookies: keepsCookies) { client async throws in
            _ = try await client.get("/in")
            #expect(try await client.get("/who").text == (keepsCookies ? "a=b" : "nobody"))
        }
    }

    @Test(arguments: TestDepth.allCases) func `a streamed response is read while it is sent`(
        depth: TestDepth
    ) async throws {
        try await TestClient.with(try router(), at: depth) { client async throws in
            let exchange = try await client.start(.get, "/stream")
            #expect(try await exchange.partialText(with: "two").hasPrefix("one two"))
            #expect(try await exchange.response().text == "one two three")
        }
    }

    @Test(arguments: TestDepth.allCases) func `an aborted response has the text that was received before`(
        depth: TestDepth
    ) async throws {
        try await TestClient.with(try router(), at: depth) { client async throws in
            do {
                let text = try await client.get("/broken").text
                #expect(text == "half")
            } catch TestError.closed {
                // Over TCP, the reset may overtake the written text.
                #expect(depth == .tcp)
            }
        }
    }

    @Test(arguments: TestDepth.allCases, [0, 125, 126, 65_535, 65_536, 300_000])
    func `a WebSocket sends texts and bytes of any length`(depth: TestDepth, length: Int) async throws {
        try await TestClient.with(try router(), at: depth) { client async throws in
            let webSocket = try await client.webSocket("/echo")
            let text = String(repeating: "é", count: length / 2)
            try await webSocket.send(text)
            #expect(try await webSocket.next() == .text(text))
            let bytes = ByteBuffer(repeating: 0xA5, count: length)
            try await webSocket.send(bytes)
            #expect(try await webSocket.next() == .binary(bytes))
        }
    }

    @Test(arguments: TestDepth.allCases) func `the end of a WebSocket has the received code, or 1006`(
        depth: TestDepth
    ) async throws {
        try await TestClient.with(try router(), at: depth) { client async throws in
            let closed = try await client.webSocket("/echo")
            try await closed.send("close")
            #expect(try await closed.next() == .close(.goingAway))
            await #expect(throws: TestError.self) { try await closed.send("more") }
            let broken = try await client.webSocket("/echo")
            try await broken.send("abort")
            #expect(try await broken.next() == .close(WebSocketCloseCode(rawValue: 1006)))
        }
    }

    @Test(arguments: TestDepth.allCases) func `the error for a refused upgrade has the response`(
        depth: TestDepth
    ) async throws {
        try await TestClient.with(try router(), at: depth) { client async throws in
            do {
                _ = try await client.webSocket("/users/1")
                Issue.record("it was upgraded")
            } catch TestError.refused(let response) {
                #expect(response.text == "user 1")
            }
        }
    }

    @Test func `a connection attempt without a server throws immediately`() async throws {
        // No server listens on port 1, which needs privileges.
        let client = TestClient(port: 1)
        await #expect(throws: (any Error).self) { try await client.get("/") }
    }

    @Test(arguments: ClientProfile.all) func `the client and the server have the same id of a socket`(
        profile: ClientProfile
    ) async throws {
        let io = SocketIO()
        io.onConnect { socket in socket.send(socket.id) }
        io["/other"].onConnect { socket in socket.send(socket.id) }
        var app = Application()
        app.add(io.routes())
        let client = TestClient(try app.router())
        let socket = try await client.open(profile)
        #expect(try await socket.nextMessage() == .text(socket.id))
        guard profile.revision.hasEvents else { return }
        let other = try await client.open(profile, namespace: "/other")
        // Clients that join "/" automatically receive that first.
        if profile.revision.connectsImplicitly { _ = try await other.nextMessage() }
        #expect(try await other.nextMessage() == .text(other.id))
    }

    @Test(arguments: [TestDepth.memory, .tcp])
    func `a large file is read at both depths`(depth: TestDepth) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let bytes = Data((0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try bytes.write(to: directory.appending(path: "large.bin"))
        var app = Application()
        app.get("/(?P<path>.+)", use: .files(directory.path()))
        try await TestClient.with(try app.router(), at: depth) { client in
            #expect(try await client.get("/large.bin").body == ByteBuffer(bytes: bytes))
            let part = try await client.get("/large.bin", headers: [.range: "bytes=100000-100003,-2"])
            #expect(part.status == .partialContent)
            #expect(part.headers[.contentLength] == String(part.body.readableBytes))
        }
    }
}

/// A value that a handler and a test share.
private final class Shared: Sendable {
    private let value: Mutex<Bool>

    init(_ value: Bool) { self.value = Mutex(value) }

    func withLock<Result: Sendable>(_ body: (inout Bool) -> Result) -> Result { value.withLock { body(&$0) } }
}
