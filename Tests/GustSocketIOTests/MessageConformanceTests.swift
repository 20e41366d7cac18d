import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustSocketIO

/// The seed's handler over every generation and every transport, in memory: the same bodies for each row.
///
/// One after the other: hundreds of busy cases at once would starve the tests that wait for real sockets.
@Suite(.serialized) struct MessageConformanceTests {
    /// Text and JSON come back as they are; two texts end the session.
    private struct Echo: SocketIOHandler {
        let socket: Socket
        func onMessage(_ message: Message) {
            switch message {
            case .text("close"): socket.disconnect(closingConnection: true)
            case .text("abort"): socket.abort()
            default: send(message)
            }
        }
    }

    private func echo() -> (SocketIO, TestClient) {
        let io = SocketIO()
        Echo.serve(on: io["/"])
        return (io, TestClient(EndpointHarness(io)))
    }

    /// What text has to survive: everything a dress, a form, a script or a count of UTF-16 units could damage.
    private static let texts = [
        "", "x", "héllo", "😀 astral", "\u{FFFD}", "a\u{0}b", "line\nfeed", "tab\tand \"quotes\" \\ \\n",
        "</script><script>",
        "\u{2028}\u{2029}", "~m~5~m~", "3:::x", "a=b&c=d+e%20f", "{}", "0", "--socketio",
    ]

    @Test(arguments: Carriage.all)
    func `any text comes back as it went`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        for text in Self.texts {
            try await socket.send(text)
            #expect(try await socket.nextMessage() == .text(text))
        }
    }

    @Test(arguments: Carriage.all)
    func `a JSON value comes back as the same value`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        for text in [#"{"a":{"b":[1,2.50,"x",null,true]}}"#, "{}", "[]", "12345678901234567890.125", #"{"name":1}"#] {
            let json = Message.json(try JSONSlice(validating: ByteBuffer(string: text)))
            try await socket.send(json)
            #expect(try await socket.nextMessage() == json)
        }
    }

    @Test(arguments: Carriage.all, [100_000, 900_000])
    func `a long text comes back whole`(carriage: Carriage, length: Int) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        // Forms percent-encode it, and must stay within a payload: no sign that grows.
        let text = String(repeating: "0123456789", count: length / 10)
        try await socket.send(text)
        #expect(try await socket.nextMessage() == .text(text))
    }

    @Test(arguments: Carriage.all)
    func `five hundred texts come back in order`(carriage: Carriage) async throws {
        let (_, client) = echo()
        let socket = try await client.open(carriage)
        for number in 0..<500 { try await socket.send("\(number)") }
        for number in 0..<500 { #expect(try await socket.nextMessage() == .text("\(number)")) }
    }

    @Test(arguments: Carriage.all)
    func `a session that the server closes is over on both ends`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.send("close")
        #expect(try await socket.next() == .disconnected)
        await client.advance(by: .seconds(1))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.liveConnections == 0)
        #expect(io.statistics.sockets == 0)
    }

    @Test(arguments: Carriage.all)
    func `a session that breaks off leaves nothing behind`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.send("abort")
        await client.advance(by: .seconds(1))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    @Test(arguments: Carriage.all)
    func `a client that hears and answers heartbeats stays`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        for _ in 0..<24 {
            await client.advance(by: .milliseconds(5_010))
            try await socket.heartbeat()
            #expect(try await socket.nextIfAny() == nil)
        }
        #expect(io.connectionCount == 1)
        try await socket.send("still here")
        #expect(try await socket.nextMessage() == .text("still here"))
    }

    @Test(arguments: Carriage.all)
    func `a client that says nothing any more is gone after its timeouts`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let socket = try await client.open(carriage)
        try await socket.send("x")
        #expect(try await socket.nextMessage() == .text("x"))
        // The longest: 25 s to the next ping and 60 s for its answer (0.9), or a poll's 20 s and 60 s without one.
        await client.advance(by: .seconds(90))
        #expect(io.connectionCount == 0)
        // A client in memory closes its end of a WebSocket only when told to.
        try await socket.drop()
        #expect(io.statistics.liveConnections == 0)
        #expect(io.statistics.sockets == 0)
    }

    @Test(arguments: Carriage.all)
    func `a second client gets a session of its own`(carriage: Carriage) async throws {
        let (io, client) = echo()
        let first = try await client.open(carriage)
        let second = try await client.open(carriage)
        try await second.send("two")
        #expect(try await second.nextMessage() == .text("two"))
        #expect(try await first.nextIfAny() == nil)
        #expect(io.connectionCount == 2)
    }

    @Test(arguments: Carriage.all)
    func `a transport that is turned off is refused at once`(carriage: Carriage) async throws {
        var settings = SocketIOSettings()
        settings.transports = []
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        await #expect(throws: TestError.self) { try await client.open(carriage) }
    }

    @Test(arguments: Carriage.all)
    func `a generation that is turned off is refused at once`(carriage: Carriage) async throws {
        var settings = SocketIOSettings()
        settings.revisions.removeAll { $0 == carriage.revision }
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        await #expect(throws: TestError.self) { try await client.open(carriage) }
    }

    @Test(arguments: Carriage.all)
    func `pages of other origins are kept out if a list says so`(carriage: Carriage) async throws {
        var settings = SocketIOSettings()
        settings.origins = ["example.com:*"]
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        client.setHeaders([.origin: "https://evil.example"])
        await #expect(throws: TestError.self) { try await client.open(carriage) }
        client.setHeaders([.origin: "https://example.com"])
        _ = try await client.open(carriage)
    }
}
