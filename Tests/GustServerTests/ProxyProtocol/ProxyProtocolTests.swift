import GustHTTP
import InMemoryLogging
import Logging
import NIOCore
import NIOPosix
import Testing

@testable import GustServer

/// The PROXY protocol on a listener.
@Suite struct ProxyProtocolTests {
    private static let request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    private static let header = "PROXY TCP4 192.0.2.1 203.0.113.9 56324 443\r\n"
    private let logs = InMemoryLogHandler()

    /// Runs a server that answers with the address of the client, and returns what it sends for `parts`.
    private func exchange(
        _ parts: [String],
        proxies: [String] = ["127.0.0.0/8"],
        timeout: Duration = .seconds(5),
        limits: HTTPLimits = HTTPLimits()
    ) async throws -> String {
        var configuration = HTTPServer.Configuration(loops: 1)
        var listener = HTTPListener(.host("127.0.0.1", port: 0))
        listener.proxyProtocol = ProxyProtocol(try proxies.map { try AddressRange($0) }, timeout: timeout)
        configuration.listeners = [listener]
        configuration.limits = limits
        let handler = ImmediateHandler { "\($0.peer.address?.ipAddress ?? "-") \($0.peer.address?.port ?? 0)" }
        return try await LocalServer.run(handler, configuration, logger: Logger(label: "test") { _ in logs }) {
            try await Exchange.send(parts.map { ByteBuffer(string: $0) }, to: $0[0])
        }
    }

    private var warnings: [String] {
        logs.entries.filter { $0.level >= .warning }.map {
            "\($0.message): \($0.metadata["reason"].map { "\($0)" } ?? "")"
        }
    }

    @Test func `the client of the header is the peer of the requests`() async throws {
        #expect(try await exchange([Self.header + Self.request]).hasSuffix("\r\n\r\n192.0.2.1 56324"))
        #expect(warnings.isEmpty)
    }

    @Test func `a header may arrive byte by byte`() async throws {
        let parts = (Self.header + Self.request).utf8.map { String(UnicodeScalar($0)) }
        // The deadline of the header isn't the subject, and a busy machine is slow.
        let answer = try await exchange(parts, timeout: .seconds(120))
        #expect(answer.hasSuffix("\r\n\r\n192.0.2.1 56324"))
    }

    @Test func `a proxy's own connection keeps the address of the proxy`() async throws {
        #expect(try await exchange(["PROXY UNKNOWN\r\n" + Self.request]).contains("\r\n\r\n127.0.0.1 "))
    }

    @Test func `a proxy that sends no header is cut off, with one line in the log`() async throws {
        #expect(try await exchange([Self.request]).isEmpty)
        #expect(
            warnings == [
                "closed a connection without a valid PROXY header: the connection doesn't begin with a PROXY header"
            ]
        )
    }

    @Test func `a header that doesn't arrive in time ends the connection`() async throws {
        #expect(try await exchange(["PROXY "], timeout: .milliseconds(50)).isEmpty)
        #expect(warnings == ["closed a connection without a valid PROXY header: the header took too long"])
    }

    @Test func `a client that isn't a proxy is served without a header, and a header of it is a bad request`()
        async throws
    {
        #expect(try await exchange([Self.request], proxies: ["10.0.0.0/8"]).contains("\r\n\r\n127.0.0.1 "))
        #expect(try await exchange([Self.header + Self.request], proxies: ["10.0.0.0/8"]).hasPrefix("HTTP/1.1 400 "))
    }

    @Test func `the limit of connections applies to the client of the header`() async throws {
        var limits = HTTPLimits()
        limits.maximumConnectionsPerAddress = 1
        var configuration = HTTPServer.Configuration(loops: 1)
        var listener = HTTPListener(.host("127.0.0.1", port: 0))
        listener.proxyProtocol = ProxyProtocol([try AddressRange("127.0.0.1")])
        configuration.listeners = [listener]
        configuration.limits = limits
        try await LocalServer.run(ImmediateHandler { _ in "hello" }, configuration) { addresses async throws in
            let first = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(to: addresses[0]).get()
            try await first.writeAndFlush(ByteBuffer(string: Self.header)).get()
            // Another client of the same proxy is served; the first client isn't served twice.
            let other = "PROXY TCP4 192.0.2.2 203.0.113.9 1 443\r\n"
            #expect(try await Exchange.send(other + Self.request, to: addresses[0]).hasSuffix("hello"))
            #expect(try await Exchange.send(Self.header + Self.request, to: addresses[0]).isEmpty)
            try await first.close().get()
        }
    }

    @Test func `a connection that ends before its header isn't logged if it sent nothing`() async throws {
        var configuration = HTTPServer.Configuration(loops: 1)
        var listener = HTTPListener(.host("127.0.0.1", port: 0))
        listener.proxyProtocol = ProxyProtocol([try AddressRange("127.0.0.1")])
        configuration.listeners = [listener]
        let logger = Logger(label: "test") { _ in logs }
        try await LocalServer.run(ImmediateHandler { _ in "hello" }, configuration, logger: logger) {
            addresses async throws in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(to: addresses[0]).get()
            try await client.close().get()
        }
        #expect(warnings.isEmpty)
    }
}
