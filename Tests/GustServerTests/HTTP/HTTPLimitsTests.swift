import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Limits that a program sets instead of the defaults.
@Suite struct HTTPLimitsTests {
    /// Expects `wire` to be open a moment before the end of `time`, and closed a moment after it.
    private func expectEnd(of wire: Wire, after time: TimeAmount) throws {
        wire.loop.advanceTime(by: time - .milliseconds(1))
        #expect(wire.isOpen)
        wire.loop.advanceTime(by: .milliseconds(2))
        _ = try wire.received()
        #expect(!wire.isOpen)
    }

    private func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    @Test func `headTimeout is the deadline of a head`() throws {
        let wire = try Wire.echo(limits: limits { $0.headTimeout = .seconds(3) })
        try wire.send("GET / HTTP/1.1\r\n")
        try expectEnd(of: wire, after: .seconds(3))
    }

    @Test func `bodyTimeout is the deadline of a body without progress`() throws {
        let wire = try Wire.echo(limits: limits { $0.bodyTimeout = .seconds(3) })
        try wire.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab")
        try expectEnd(of: wire, after: .seconds(3))
    }

    @Test func `idleTimeout is the deadline of an idle connection`() throws {
        let wire = try Wire.echo(limits: limits { $0.idleTimeout = .seconds(3) })
        try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try expectEnd(of: wire, after: .seconds(3))
    }

    @Test func `writeTimeout is the deadline of a peer that doesn't read`() throws {
        let wire = try Wire.echo(limits: limits { $0.writeTimeout = .seconds(3) })
        wire.channel.isWritable = false
        wire.channel.pipeline.fireChannelWritabilityChanged()
        try expectEnd(of: wire, after: .seconds(3))
    }

    @Test func `webSocketCloseTimeout is the deadline of a closing handshake`() throws {
        let echo = try WebSocketEcho(limits: limits { $0.webSocketCloseTimeout = .seconds(3) })
        let handshake = """
            GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n
            """
        try echo.send(handshake.utf8)
        echo.webSocket?.close()
        try expectEnd(of: echo.wire, after: .seconds(3))
    }

    @Test(arguments: [(10, true), (11, false)])
    func `an unread body is dropped up to drainLength`(length: Int, isKept: Bool) throws {
        let wire = try Wire(limits: limits { $0.drainLength = 10 }, ImmediateHandler { _ in "early" })
        let head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \(length)\r\n\r\n"
        #expect(try wire.send(head).hasSuffix("\r\n\r\nearly"))
        try wire.send(String(repeating: "a", count: length))
        let next = try wire.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(next.hasSuffix("early") == isKept)
    }

    @Test(arguments: [
        // The limits in total and by address, and which of three connections are admitted: two of one address, one other.
        (total: 0, perAddress: 0, admitted: [true, true, true]),
        (total: 2, perAddress: 0, admitted: [true, true, false]),
        (total: 0, perAddress: 1, admitted: [true, false, true]),
    ])
    func `connections are limited in total and by address`(total: Int, perAddress: Int, admitted: [Bool]) throws {
        let admission = ConnectionAdmission(
            limits {
                $0.maximumConnections = total
                $0.maximumConnectionsPerAddress = perAddress
            }
        )
        let channels = try ["192.0.2.1", "192.0.2.1", "192.0.2.2"].map { try connected(from: $0) }
        #expect(channels.map { admission.admit($0) } == admitted)
    }

    @Test func `after a connection has closed, another of the same address is admitted`() throws {
        let admission = ConnectionAdmission(limits { $0.maximumConnectionsPerAddress = 1 })
        let first = try connected(from: "192.0.2.1")
        #expect(admission.admit(first))
        try first.close().wait()
        first.embeddedEventLoop.run()
        #expect(admission.admit(try connected(from: "192.0.2.1")))
    }

    private func connected(from address: String) throws -> EmbeddedChannel {
        let channel = EmbeddedChannel()
        channel.connect(to: try SocketAddress(ipAddress: address, port: 1), promise: nil)
        return channel
    }

    @Test func `trailers that exceed the limit together are answered 400`() throws {
        let wire = try Wire.echo()
        let trailer = "A: \(String(repeating: "a", count: 5_000))\r\n"
        let head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(
            try wire.send(head + "0\r\n" + trailer + trailer + "\r\n").hasSuffix("\r\n\r\nthe trailers are too long")
        )
    }

    @Test func `a request whose head is incomplete at shutdown is answered, then the connection is closed`() throws {
        let wire = try Wire.echo()
        try wire.send("GET / HTTP/1.1\r\n")
        wire.context.beginShutdown()
        #expect(wire.isOpen)
        #expect(try wire.send("Host: x\r\n\r\n").contains("Connection: close\r\n"))
        #expect(!wire.isOpen)
    }
}
