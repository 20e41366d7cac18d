import Foundation
import GustHTTP
import GustTesting
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO

/// What the handshake tells, and the sockets of one client.
@Suite(.leavesNothing) struct HandshakeValueTests {
    private let io = SocketIO()

    @Test func `the time is that of the request, in milliseconds and as a date`() async throws {
        let before = Date()
        let client = TestClient(EndpointHarness(io))
        _ = try await client.joinedWebSocket()
        let after = Date()
        let socket = try #require(await io.everybody.sockets().first)
        let handshake = socket.handshake
        #expect(handshake.issued >= Int((before.timeIntervalSince1970 * 1_000).rounded(.down)))
        #expect(handshake.issued <= Int(after.timeIntervalSince1970 * 1_000))
        #expect(Int((handshake.time.timeIntervalSince1970 * 1_000).rounded()) == handshake.issued)
    }

    private static let origins: [(String?, String?, Bool)] = [
        (nil, "example.com", false),
        ("http://example.com", "example.com", false),
        ("https://EXAMPLE.com", "example.com", false),
        ("http://example.com:80", "example.com", false),
        ("https://example.com:8443", "example.com:8443", false),
        ("http://[::1]:3000", "[::1]:3000", false),
        ("http://example.com:8080", "example.com", true),
        ("http://example.org", "example.com", true),
        ("http://example.com.evil.org", "example.com", true),
        ("null", "example.com", true),
        ("http://example.com", nil, true),
        ("", "example.com", true),
        ("http://user@example.com", "example.com", true),
    ]

    @Test(arguments: origins)
    func `a request is cross-domain if its Origin isn't its Host`(
        origin: String?,
        host: String?,
        expected: Bool
    ) async throws {
        var headers = HTTPFields()
        if let origin { headers[.origin] = origin }
        if let host, let name = HTTPField.Name("Host") { headers[name] = host }
        let client = TestClient(EndpointHarness(io))
        let answer = try await client.get("/socket.io/?EIO=4&transport=polling", headers: headers)
        #expect(answer.status == .ok)
        #expect(io.connections.all.first?.handshake.isCrossDomain == expected)
    }

    @Test func `the address and the security are those of the peer`() async throws {
        struct Proxy: Handler {
            let inner: EndpointHarness
            func answer(_ request: Request) -> Answer {
                var request = request
                request.peer.address = try? SocketAddress(ipAddress: "2001:db8::7", port: 4_711)
                request.peer.isSecure = true
                return inner.answer(request)
            }
        }
        _ = try await TestClient(Proxy(inner: EndpointHarness(io))).get("/socket.io/?EIO=4&transport=polling")
        let handshake = try #require(io.connections.all.first?.handshake)
        #expect(handshake.address == "2001:db8::7")
        #expect(handshake.isSecure)
    }

    @Test func `without a known peer there is no address`() async throws {
        _ = try await TestClient(EndpointHarness(io)).get("/socket.io/?EIO=4&transport=polling")
        let handshake = try #require(io.connections.all.first?.handshake)
        #expect(handshake.address == nil)
        #expect(!handshake.isSecure)
    }

    @Test func `the siblings of a socket are the sockets of its client in other namespaces`() async throws {
        for name in ["/a", "/b"] { io[name].onConnect { _ in } }
        let client = TestClient(EndpointHarness(io))
        let webSocket = try await client.joinedWebSocket()
        for name in ["/a", "/b"] { try await webSocket.send("40\(name),") }
        _ = try await client.joinedWebSocket()
        let socket = try #require(await io["/a"].everybody.sockets().first)
        let siblings = await socket.siblings()
        #expect(Set(siblings.map(\.namespace.name)) == ["/", "/b"])
        #expect(siblings.allSatisfy { $0.sessionID == socket.sessionID })
        try await webSocket.send("41/b,")
        #expect(await socket.siblings().map(\.namespace.name) == ["/"])
    }
}
