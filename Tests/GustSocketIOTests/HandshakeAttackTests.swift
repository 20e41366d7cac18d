import GustHTTP
import GustTesting
import GustWire
import HTTPTypes
import NIOCore
import NIOEmbedded
import Synchronization
import Testing

@testable import GustSocketIO

/// Handshakes that no regular client sends.
@Suite("Attacks on handshakes", .leavesNothing) struct HandshakeAttackTests {
    private let io = SocketIO()
    private let client: TestClient

    init() { client = TestClient(EndpointHarness(io)) }

    // CVE-2023-31125, CVE-2024-38355: names of object members, repeated parameters, missing values.
    @Test(
        arguments: ["transport", "EIO", "sid", "j", "t", "b64", "a"],
        ["", "constructor", "__proto__", "toString", "hasOwnProperty", "-1", "1e400", "%00", "%FF", "polling", "9"]
    )
    func `unusual parameters are accepted or refused without harm`(name: String, value: String) async throws {
        for query in ["\(name)=\(value)", "\(name)=\(value)&\(name)=\(value)", "\(name)"] {
            for base in ["EIO=4&transport=", "EIO=3&transport=", "transport="] {
                let polling = try await client.get("/socket.io/?\(query)&\(base)polling")
                #expect([.ok, .badRequest].contains(polling.status))
                do throws(any Error) {
                    let webSocket = try await client.webSocket("/socket.io/?\(base)websocket&\(query)")
                    try await webSocket.close()
                } catch TestError.refused(let response) {
                    #expect(response.status == .badRequest)
                }
            }
        }
        await client.advance(by: .seconds(46))
        #expect(io.connectionCount == 0)
        #expect(io.statistics.liveConnections == 0)
    }

    // CVE-2020-28481: responses have no header fields of CORS by default.
    @Test(
        arguments: Self.firstRequests + [
            "?EIO=4&transport=polling&sid=nobody", "1/xhr-polling/nobody", "xhr-polling/nobody/1",
            "xhr-polling/nobody/send",
        ],
        ["http://x.example", "null", "http://localhost"]
    )
    func `by default pages of other origins get no header fields of CORS`(tail: String, origin: String) async throws {
        for method in [HTTPRequest.Method.get, .post, .options] {
            let answer = try await client.execute(
                method,
                "/socket.io/\(tail)",
                headers: [.origin: origin, .accessControlRequestMethod: "POST"]
            )
            #expect(answer.headers.filter { $0.name.canonicalName.hasPrefix("access-control") }.isEmpty)
        }
    }

    /// The first request of a client of each revision.
    private static let firstRequests = [
        "?EIO=4&transport=polling", "?EIO=3&transport=polling", "1/?t=1", "xhr-polling//1",
    ]

    @Test(arguments: Self.firstRequests)
    func `a page of a listed origin may read responses in every revision`(tail: String) async throws {
        var settings = SocketIOSettings()
        settings.origins = ["https://good.example"]
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        for method in [HTTPRequest.Method.get, .options] {
            let answer = try await client.execute(
                method,
                "/socket.io/\(tail)",
                headers: [.origin: "https://good.example", .accessControlRequestMethod: "POST"]
            )
            #expect(answer.status == .ok)
            #expect(answer.headers[.accessControlAllowOrigin] == "https://good.example")
            #expect(answer.headers[.accessControlAllowCredentials] == "true")
            #expect(answer.headers[.vary] == "Origin")
            let refusal = try await client.execute(
                method,
                "/socket.io/\(tail)",
                headers: [.origin: "http://good.example", .accessControlRequestMethod: "POST"]
            )
            #expect(refusal.headers[.accessControlAllowOrigin] == nil)
            #expect(method == .options || refusal.status == .forbidden)
        }
    }

    @Test(arguments: Self.firstRequests)
    func `a forged request from another site is refused although it is a GET`(tail: String) async throws {
        var request = Request(
            method: .get,
            target: try #require(RequestTarget("/socket.io/\(tail)")),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        request.crossSiteRefusal = HTTPError(.forbidden)
        var status: HTTPResponse.Status?
        if case .ready(let answer) = EndpointHarness(io).answer(request) { status = answer.status }
        #expect(status == .forbidden)
    }

    @Test(arguments: [
        ("example.com", "http://example.com:8080", true), ("EXAMPLE.com:*", "https://example.com:8443", true),
        ("*:443", "wss://any.example", true), ("*:443", "ws://any.example", false), ("*", "https://", false),
        ("[::1]", "http://[::1]:8080", true), ("[::1]:8080", "http://[::1]:8080", true),
        ("[::1]:8080", "http://[::1]", false), ("*:80", "http://any.example?x:443", true),
        ("https://example.com", "https://example.com", true), ("https://example.com", "http://example.com", false),
        ("https://example.com", "https://example.com:443", true),
        ("https://example.com", "http://example.com:443", false),
        ("https://example.com", "https://example.com:8443", false),
        ("http://*", "http://any.example", true),
        ("https://example.com:*", "https://example.com:8443", true),
        ("example.com:*", "https://example.com:1@x", false),
        ("example.com:*", "https://example.com:443@evil.example", false),
        ("example.com", "https://example.com:", false),
        ("\u{E9}.example", "http://e\u{301}.example", false), ("k.example", "http://\u{212A}.example", false),
        ("*", "http://user@any.example", false), ("example.com:80", "http://example.com:80\u{301}", false),
        ("https://*.example", "https://a.example", false),
    ])
    func `a pattern matches a host and a port, or any`(pattern: String, origin: String, isAdmitted: Bool) {
        #expect(SocketIOSettings.Origins.list([pattern]).admits(origin) == isAdmitted)
    }

    @Test(arguments: [
        ("https://example.com", true), ("https://example.com:443", true), ("HTTPS://EXAMPLE.COM", true),
        ("https://example.com:8443", false), ("https://example.com.evil.example", false), ("null", false),
        ("https://evil-example.com", false), ("https://evil.example/https://example.com:443", false),
        ("https://evil.example#example.com:443", false), ("https://example.com:443@evil.example", false),
        ("https://", false), ("", false), ("example.com", false),
    ])
    func `an origin is admitted only if it matches the list`(origin: String, isAdmitted: Bool) async throws {
        var settings = SocketIOSettings()
        settings.origins = ["example.com:443"]
        let client = TestClient(EndpointHarness(SocketIO(settings)))
        let answer = try await client.get("/socket.io/?EIO=4&transport=polling", headers: [.origin: origin])
        #expect(answer.status == (isAdmitted ? .ok : .forbidden))
    }

    // The type of a packet is a byte, also if a combining mark follows it.
    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20E3}"])
    func `a message may begin with a combining character`(text: String) async throws {
        var codec = Revision.engineIO4.makeCodec(.engineIO, PayloadLimits())
        var messages: [Message] = []
        try codec.decode(.text(ByteBuffer(string: "4" + text))) { packet in
            if case .message(_, _, let message) = packet { messages.append(message) }
        }
        #expect(messages == [.text(text)])
    }

    // CVE-2026-44545: the default limits are finite.
    @Test func `the default settings have limits`() {
        let settings = SocketIOSettings()
        #expect(settings.maximumPayload == 1_000_000)
        #expect(settings.maximumPackets == 1_000)
        #expect(settings.maximumAttachments == 10)
        #expect(settings.maximumAttachmentBytes == 10_000_000)
        #expect(settings.maximumNamespaces == 64)
        #expect(settings.connectTimeout == .seconds(45))
        #expect(settings.upgradeTimeout == .seconds(10))
        #expect(settings.outbox.maximumBytes == 1 << 20)
        #expect(settings.outbox.maximumPackets == 1_024)
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        #expect(upgrade.maximumMessageSize == 1 << 20)
        #expect(upgrade.maximumFragments == 1_024)
    }

    // GHSA-gr94-w7qr-f4j3: no transport bypasses middleware.
    @Test(arguments: ClientProfile.all)
    func `middleware in front of the endpoint gets every request of every transport`(
        profile: ClientProfile
    ) async throws {
        let guarded = Guarded(EndpointHarness(io))
        let client = TestClient(guarded)
        await #expect(throws: (any Error).self) { _ = try await client.open(profile) }
        #expect(io.connectionCount == 0)
        client.setHeaders([.authorization: "yes"])
        let socket = try await client.open(profile)
        let passed = guarded.passed
        try await socket.send("x")
        if profile.transport != .webSocket, profile.transport != .flashSocket, profile.transport != .upgrade {
            #expect(guarded.passed > passed)
        }
    }

    // CVE-2017-16031.
    @Test(arguments: Revision.all)
    func `sids have at least 120 random bits`(revision: Revision) {
        let ids = (0..<4_000).map { _ in ConnectionIdentifier.make(for: revision) }
        #expect(Set(ids).count == ids.count)
        // At each position all characters are about equally frequent: 20 characters of 64, or 26 of 32.
        let alphabet = Set(ids.joined())
        let length = ids[0].utf8.count
        #expect(Double(length) * log2(alphabet.count) >= 120)
        for place in 0..<length {
            let counts = ids.reduce(into: [:]) { $0[Array($1)[place], default: 0] += 1 }
            let expected = 4_000 / alphabet.count
            #expect(counts.count == alphabet.count)
            #expect(counts.values.allSatisfy { $0 < expected * 2 && $0 > expected / 4 })
        }
    }

    private func log2(_ count: Int) -> Double { Double(Int.bitWidth - 1 - count.leadingZeroBitCount) }
}

/// Refuses requests without the field `Authorization`, and counts the others.
private final class Guarded: Handler {
    private let handler: any Handler
    private let count = Mutex(0)

    init(_ handler: any Handler) { self.handler = handler }

    var passed: Int { count.withLock { $0 } }

    func answer(_ request: Request) -> Answer {
        guard request.headers[.authorization] != nil else { return .failed(HTTPError(.unauthorized)) }
        count.withLock { $0 += 1 }
        return handler.answer(request)
    }
}
