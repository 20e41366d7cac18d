#if TLS
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOSSL
import Testing

@testable import GustServer
@testable import GustTLS

/// Handshakes, and HTTP/1.1 after them.
@Suite struct TLSHandshakeTests {
    private static let request = "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n"

    @Test func `a request over TLS is answered, and its scheme is https`() async throws {
        let wire = try await TLSWire()
        #expect(
            try wire.send(Self.request) == """
                HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 12\r\n\r\nGET /a https
                """
        )
    }

    @Test func `a request over TLS is secure`() async throws {
        let wire = try await TLSWire(
            handler: ImmediateHandler { request in "\(request.isSecure) \(request.peer.isSecure)" }
        )
        #expect(try wire.send(Self.request).hasSuffix("true true"))
    }

    @Test func `a target in absolute form with the scheme https is accepted over TLS`() async throws {
        let wire = try await TLSWire()
        #expect(try wire.send("GET https://localhost/b HTTP/1.1\r\nHost: x\r\n\r\n").hasSuffix("GET /b https"))
    }

    @Test func `a connection is kept for further requests`() async throws {
        let wire = try await TLSWire()
        try wire.send(Self.request)
        #expect(try wire.send(Self.request + Self.request).split(separator: "GET /a https").count == 2)
        #expect(wire.isOpen)
    }

    @Test func `a client that offers http/1.1 gets it`() async throws {
        let wire = try await TLSWire(client: try TestFiles.client(protocols: ["http/1.1"]))
        #expect(wire.negotiated == "http/1.1")
    }

    @Test func `a client without ALPN gets HTTP/1.1`() async throws {
        let wire = try await TLSWire()
        #expect(wire.isEstablished && wire.negotiated == nil)
        #expect(try wire.send(Self.request).hasPrefix("HTTP/1.1 200 "))
    }

    @Test(arguments: [TLSVersion.tlsv12, .tlsv13])
    func `TLS 1.2 and 1.3 are accepted`(_ version: TLSVersion) async throws {
        var client = try TestFiles.client()
        client.maximumTLSVersion = version
        let wire = try await TLSWire(client: client)
        #expect(try wire.send(Self.request).hasPrefix("HTTP/1.1 200 "))
    }

    @Test(arguments: [TLSVersion.tlsv1, .tlsv11])
    func `older versions are refused`(_ version: TLSVersion) async throws {
        var client = try TestFiles.client()
        client.maximumTLSVersion = version
        let wire = try await TLSWire(client: client)
        #expect(!wire.isEstablished)
        #expect(!wire.isOpen)
    }

    @Test func `TLS 1.2 is refused if the settings require 1.3`() async throws {
        var settings = TestFiles.settings()
        settings.minimumVersion = .tls13
        var client = try TestFiles.client()
        client.maximumTLSVersion = .tlsv12
        let wire = try await TLSWire(settings, client: client)
        #expect(!wire.isEstablished)
    }

    @Test(arguments: ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA", "AES128-GCM-SHA256"])
    func `cipher suites without forward secrecy or authenticated encryption are refused`(_ suite: String) async throws {
        var client = try TestFiles.client()
        client.maximumTLSVersion = .tlsv12
        client.cipherSuites = suite
        let wire = try await TLSWire(client: client)
        #expect(!wire.isEstablished)
    }

    @Test func `a handshake that takes too long ends the connection`() async throws {
        var limits = HTTPLimits()
        limits.headTimeout = .seconds(3)
        let wire = try await PlainWire(limits: limits)
        try wire.send([0x16, 0x03, 0x01])
        wire.loop.advanceTime(by: .seconds(2))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .seconds(1))
        #expect(!wire.isOpen)
    }

    @Test func `a connection without any byte is ended by the same deadline`() async throws {
        let wire = try await PlainWire()
        wire.loop.advanceTime(by: .seconds(10))
        #expect(!wire.isOpen)
    }

    @Test func `an established connection isn't ended by the deadline of the handshake`() async throws {
        let wire = try await TLSWire()
        wire.loop.advanceTime(by: .seconds(60))
        #expect(try wire.send(Self.request).hasPrefix("HTTP/1.1 200 "))
    }

    @Test func `an idle connection is closed after the idle time`() async throws {
        let wire = try await TLSWire()
        wire.loop.advanceTime(by: .seconds(76))
        try wire.pump()
        wire.loop.advanceTime(by: .seconds(3))
        #expect(!wire.isOpen)
    }

    @Test func `a plain request on the port of TLS is answered 400 with a text`() async throws {
        let wire = try await PlainWire()
        let answer = try wire.send(Array(Self.request.utf8))
        #expect(
            answer == """
                HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 58\r\n\
                Connection: close\r\n\r\nThis port speaks TLS: use a URL that begins with https://\n
                """
        )
    }

    @Test func `bytes that are neither TLS nor HTTP end the connection`() async throws {
        let wire = try await PlainWire()
        _ = try? wire.send([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
        #expect(!wire.isOpen)
    }

    @Test func `a WebSocket opens over TLS, and its bytes are messages`() async throws {
        let upgrade = WebSocketUpgrade { webSocket in
            let events = WebSocketEvents()
            events.onText = { webSocket.send(text: $0) }
            return events
        }
        let wire = try await TLSWire(
            handler: ImmediateHandler { _ in Response(status: .switchingProtocols, body: .upgrade(upgrade)) }
        )
        let answer = try wire.send(
            """
            GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """
        )
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        // A text frame with a mask of zeros, and its echo.
        #expect(try wire.send([0x81, 0x82, 0, 0, 0, 0, 0x68, 0x69]) == [0x81, 0x02, 0x68, 0x69])
    }
}
#endif
