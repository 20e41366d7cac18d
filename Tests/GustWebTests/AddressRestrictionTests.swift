import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustWeb

/// Lists of addresses that are admitted or refused.
@Suite struct AddressRestrictionTests {
    private func status(
        _ restriction: AddressRestriction,
        from address: String?,
        through proxies: TrustedProxies? = nil,
        forwardedFor: String? = nil
    ) async throws -> HTTPResponse.Status {
        let exchange = Exchange()
        var request = try exchange.request("/")
        request.peer.address = try address.map { try SocketAddress(ipAddress: $0, port: 1) }
        if let forwardedFor { request.headers[try #require(HTTPField.Name("X-Forwarded-For"))] = forwardedFor }
        let middleware: [any Middleware] = (proxies.map { [$0] } ?? []) + [restriction]
        let handler = ImmediateHandler { _ in "in" }.wrapped(in: middleware)
        return try await exchange.answer(request, from: handler).status
    }

    @Test(arguments: [
        ("10.0.0.0", true), ("10.255.255.255", true), ("11.0.0.0", false), ("9.255.255.255", false),
        ("::ffff:10.1.2.3", true), ("::ffff:11.1.2.3", false), ("::10.1.2.3", false), ("192.0.2.7", true),
        ("192.0.2.8", false), ("2001:db8::1", true), ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", true),
        ("2001:db9::", false), ("::1", false), ("a00::1", false),
    ])
    func `only addresses of the list are admitted`(address: String, isAdmitted: Bool) async throws {
        let restriction = try AddressRestriction(allowing: ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"])
        #expect(try await status(restriction, from: address) == (isAdmitted ? .ok : .forbidden))
    }

    @Test func `denied addresses are refused although they are allowed`() async throws {
        let restriction = try AddressRestriction(allowing: ["10.0.0.0/8"], denying: ["10.1.0.0/16"])
        #expect(try await status(restriction, from: "10.2.0.1") == .ok)
        #expect(try await status(restriction, from: "10.1.0.1") == .forbidden)
        #expect(try await status(restriction, from: "::ffff:10.1.0.1") == .forbidden)
        let open = try AddressRestriction(denying: ["192.0.2.0/24", "0.0.0.0/1"])
        #expect(try await status(open, from: "192.0.2.1") == .forbidden)
        #expect(try await status(open, from: "127.0.0.1") == .forbidden)
        #expect(try await status(open, from: "198.51.100.1") == .ok)
        #expect(try await status(open, from: "::1") == .ok)
    }

    @Test func `an empty list admits nobody, and all of IPv4 isn't all of IPv6`() async throws {
        #expect(try await status(AddressRestriction(allowing: []), from: "127.0.0.1") == .forbidden)
        #expect(try await status(AddressRestriction(allowing: ["0.0.0.0/0"]), from: "::1") == .forbidden)
        #expect(try await status(AddressRestriction(allowing: ["::/0"]), from: "127.0.0.1") == .forbidden)
        #expect(try await status(AddressRestriction(), from: "127.0.0.1") == .ok)
    }

    @Test func `a Unix socket is admitted by name only`() async throws {
        #expect(try await status(AddressRestriction(allowing: ["10.0.0.0/8"]), from: nil) == .forbidden)
        #expect(try await status(AddressRestriction(allowing: ["unix"]), from: nil) == .ok)
        #expect(try await status(AddressRestriction(denying: ["unix"]), from: nil) == .forbidden)
        #expect(try await status(AddressRestriction(allowing: ["unix"]), from: "127.0.0.1") == .forbidden)
    }

    // CVE-2026-24398: a restriction compared texts, so that other notations of an address passed it.
    @Test(arguments: [
        ("10.0.0.7", HTTPResponse.Status.ok), ("203.0.113.9", .forbidden),
        // Texts that a lenient parser reads as 10.0.0.7.
        ("10.0.7", .forbidden), ("012.0.0.7", .forbidden), ("10.0.0.07", .forbidden), ("0x0a000007", .forbidden),
        ("167772167", .forbidden), ("10.0.0.7 ", .ok), ("10.0.0.7%eth0", .forbidden), ("unknown", .forbidden),
        ("_hidden", .forbidden), ("10.0.0.256", .forbidden), ("1e1.0.0.7", .forbidden),
        // The same address, written as IPv6.
        ("::ffff:10.0.0.7", .ok), ("::FFFF:0A00:0007", .ok), ("[::ffff:10.0.0.7]:80", .ok),
        // The client can write what it likes in front of its own address.
        ("10.0.0.7, 203.0.113.9", .forbidden),
    ])
    func `behind a proxy only a valid text of an address counts`(
        text: String,
        expected: HTTPResponse.Status
    ) async throws {
        let restriction = try AddressRestriction(allowing: ["10.0.0.7"])
        let proxies = try TrustedProxies(["127.0.0.1", "unix"], reading: .xForwarded(.for))
        #expect(try await status(restriction, from: "127.0.0.1", through: proxies, forwardedFor: text) == expected)
        #expect(try await status(restriction, from: nil, through: proxies, forwardedFor: text) == expected)
    }

    @Test func `a visitor whose address is hidden is no Unix socket, and passes no list of refused addresses`()
        async throws
    {
        let proxies = try TrustedProxies(["unix"], reading: .xForwarded(.for))
        let sockets = try AddressRestriction(allowing: ["unix"])
        #expect(try await status(sockets, from: nil, through: proxies, forwardedFor: "unknown") == .forbidden)
        #expect(try await status(sockets, from: nil, through: proxies) == .ok)
        let denying = try AddressRestriction(denying: ["192.0.2.0/24"])
        #expect(try await status(denying, from: nil, through: proxies, forwardedFor: "unknown") == .forbidden)
    }

    @Test(arguments: [
        "", "10.0.0.0/33", "10/8", "010.0.0.0/8", "10.0.0.0/-1", "10.0.0.0/08", "::/129", "host",
        "10.0.0.0/9223372036854775807",
    ])
    func `a text that is no range is refused`(text: String) {
        #expect(throws: AddressRangeError(text)) { try AddressRestriction(allowing: [text]) }
        #expect(throws: AddressRangeError(text)) { try AddressRestriction(denying: [text]) }
    }
}
