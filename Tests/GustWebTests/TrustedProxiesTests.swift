import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustWeb

/// The visitor's address, scheme and host behind proxies.
@Suite struct TrustedProxiesTests {
    /// Answers with the visitor's address, scheme and host.
    private struct Mirror: Handler {
        func answer(_ request: Request) -> Answer {
            let peer = request.peer
            let text =
                "\(peer.address?.ipAddress ?? "-") \(peer.isSecure ? "https" : "http") \(request.headers.joinedValues(of: "host") ?? "-")"
            return .ready(Response(text))
        }
    }

    private func see(
        _ headers: [(String, String)],
        from peer: String = "10.0.0.1",
        _ fields: TrustedProxies.Fields = .xForwarded(.for, .proto, .host)
    ) async throws -> String {
        let exchange = Exchange()
        var request = try exchange.request("/")
        for (name, value) in [("Host", "inner")] + headers {
            request.headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        request.peer.address = try SocketAddress(ipAddress: peer, port: 1)
        let proxies = try TrustedProxies(["10.0.0.0/8", "::1", "2001:db8::/32"], reading: fields)
        return try await exchange.answer(request, from: proxies.wrapping(Mirror())).text
    }

    @Test(arguments: [
        // The proxy sends all three fields.
        ("192.0.2.7", "https", "example.com", "192.0.2.7 https example.com"),
        // Anybody can have written the addresses before the visitor's.
        ("10.9.9.9, 127.0.0.1, 192.0.2.7", "https", "example.com", "192.0.2.7 https example.com"),
        // Two proxies in a row.
        ("1.1.1.1, 192.0.2.7, 10.0.0.2", "http", "a:8080", "192.0.2.7 http a:8080"),
        ("192.0.2.7:4711", "https", "[::1]:80", "192.0.2.7 https [::1]:80"),
        ("[2001:db9::1]:4711", "wss", "a", "2001:db9::1 https a"),
        // Other notations of IPv4 addresses are invalid.
        ("0xC0000207", "https", "a", "- https a"),
        ("192.0.2.07", "https", "a", "- https a"),
        ("unknown", "https", "a", "- https a"),
        ("192.0.2.7", "javascript", "a/b", "192.0.2.7 http inner"),
        // All addresses are those of proxies: the outermost counts as the visitor.
        ("10.0.0.3, 10.0.0.2", "https", "a", "10.0.0.3 https a"),
    ])
    func `the visitor's address is the last one that isn't a proxy's`(
        addresses: String,
        scheme: String,
        host: String,
        expected: String
    ) async throws {
        let seen = try await see([
            ("X-Forwarded-For", addresses), ("X-Forwarded-Proto", scheme), ("X-Forwarded-Host", host),
        ])
        #expect(seen == expected)
    }

    @Test func `fields from a peer that isn't a listed proxy are ignored`() async throws {
        let headers = [
            ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "evil"),
        ]
        #expect(try await see(headers, from: "11.0.0.1") == "11.0.0.1 http inner")
        #expect(try await see(headers, from: "2001:db9::1") == "2001:db9::1 http inner")
        // An IPv4-mapped IPv6 address is the same address.
        #expect(try await see(headers, from: "::ffff:10.0.0.1") == "192.0.2.7 https evil")
        #expect(try await see(headers, from: "2001:db8::77") == "192.0.2.7 https evil")
    }

    @Test func `a range of IPv4-mapped addresses is the range of the IPv4 addresses`() throws {
        let range = try AddressRange("::ffff:10.0.0.0/104")
        #expect(try range.contains(SocketAddress(ipAddress: "10.255.0.1", port: 0)))
        #expect(try range.contains(SocketAddress(ipAddress: "::ffff:10.1.0.1", port: 0)))
        #expect(try !range.contains(SocketAddress(ipAddress: "11.0.0.1", port: 0)))
    }

    @Test func `repeated fields are joined to one list`() async throws {
        let seen = try await see([("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "192.0.2.7")])
        #expect(seen == "192.0.2.7 http inner")
    }

    @Test func `only the configured family of fields is read`() async throws {
        let headers = [
            ("X-Forwarded-For", "192.0.2.7"), ("Forwarded", "for=192.0.2.8;proto=https;host=a"),
        ]
        #expect(try await see(headers) == "192.0.2.7 http inner")
        #expect(
            try await see(headers, from: "10.0.0.1", .forwarded(.for, .proto, .host))
                == "192.0.2.8 https a"
        )
    }

    @Test(arguments: [
        (#"for="[2001:db9::1]:4711";proto=https;host="a:8080""#, "2001:db9::1 https a:8080"),
        (#"for=1.1.1.1;host="x,y;z", For = 192.0.2.7 ; Proto=HTTPS"#, "192.0.2.7 https inner"),
        (#"for=192.0.2.7;proto=https, for=10.0.0.2;proto=http"#, "192.0.2.7 https inner"),
        ("for=_hidden;proto=https", "- https inner"),
        ("for=\"unclosed", "- http inner"),
        (";;,=,", "- http inner"),
    ])
    func `quoted strings in Forwarded are parsed`(field: String, expected: String) async throws {
        #expect(
            try await see([("Forwarded", field)], from: "10.0.0.1", .forwarded(.for, .proto, .host))
                == expected
        )
    }

    @Test func `the location of a WebSocket upgrade is the URL that the browser used`() async throws {
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let page = ImmediateHandler { _ in
            Response(status: .switchingProtocols, body: .upgrade(upgrade))
        }
        var request = try Exchange().request("/chat?a=b")
        for (name, value) in [
            ("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-Proto", "https"), ("Host", "example.com"),
        ] {
            request.headers.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value))
        }
        let proxies = try TrustedProxies(["unix"], reading: .xForwarded(.for, .proto))
        let response = try #require(try proxies.answer(request, next: page).immediateResponse)
        guard case .upgrade(let told) = response.body else {
            Issue.record("no upgrade")
            return
        }
        #expect(told.location == "wss://example.com/chat?a=b")
    }

    @Test(arguments: [
        "", "localhost", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "10.0.0.0/08", "10.1", "::/129",
        "::ffff:10.0.0.0/95", "::ffff:10.0.0.0/8", "::ffff:10.0.0.0/129",
        "fe80::1%lo",
    ])
    func `invalid addresses and ranges are refused`(text: String) {
        #expect(throws: AddressRangeError(text)) {
            try TrustedProxies([text], reading: .xForwarded(.for))
        }
    }

    @Test func `the prefix of a range can have any number of bits`() throws {
        let range = try AddressRange("192.168.16.0/20")
        #expect(try range.contains(SocketAddress(ipAddress: "192.168.31.255", port: 0)))
        #expect(try !range.contains(SocketAddress(ipAddress: "192.168.32.0", port: 0)))
        #expect(try AddressRange("0.0.0.0/0").contains(SocketAddress(ipAddress: "1.2.3.4", port: 0)))
        #expect(try !AddressRange("0.0.0.0/0").contains(SocketAddress(ipAddress: "::1", port: 0)))
    }

    @Test(arguments: [
        // If there are as many schemes and hosts as addresses, each belongs to the proxy at its position.
        ("192.0.2.7, 10.0.0.2", "https, http", "outer, inner", "192.0.2.7 https outer"),
        ("1.1.1.1, 192.0.2.7, 10.0.0.2", "ws, https, http", "a, b, c", "192.0.2.7 https b"),
        // Otherwise the last value belongs to the nearest proxy, and the others are ignored.
        ("192.0.2.7, 10.0.0.2", "https", "outer", "192.0.2.7 https outer"),
        ("1.1.1.1, 192.0.2.7, 10.0.0.2", "http, https", "a, b", "192.0.2.7 https b"),
        // Text after an address makes it invalid; an invalid port and a host that is too long are ignored.
        ("[2001:db9::1]x", "http", "a", "- http a"),
        ("192.0.2.7:99999", "http", "a", "192.0.2.7 http a"),
        ("192.0.2.7", "http", String(repeating: "a", count: 256), "192.0.2.7 http inner"),
    ])
    func `lists are read from their end, which the nearest proxy wrote`(
        addresses: String,
        schemes: String,
        hosts: String,
        expected: String
    ) async throws {
        let seen = try await see([
            ("X-Forwarded-For", addresses), ("X-Forwarded-Proto", schemes), ("X-Forwarded-Host", hosts),
        ])
        #expect(seen == expected)
    }

    @Test(arguments: [TrustedProxies.Fields.xForwarded(.for), .forwarded(.for)])
    func `only the last 32 elements of a list are read`(fields: TrustedProxies.Fields) async throws {
        for (count, expected) in [(31, "192.0.2.7 http inner"), (32, "10.0.0.2 http inner")] {
            let proxies = Array(repeating: "10.0.0.2", count: count)
            let list = ["192.0.2.7"] + proxies
            let field =
                fields == .xForwarded(.for)
                ? ("X-Forwarded-For", list.joined(separator: ","))
                : ("Forwarded", list.map { "for=\($0)" }.joined(separator: ","))
            #expect(try await see([field], from: "10.0.0.1", fields) == expected)
        }
    }

    @Test func `an escaped quote doesn't end a quoted string`() async throws {
        let field = #"for=1.1.1.1;host="a\",for=2.2.2.2;host=b", for=192.0.2.7"#
        #expect(
            try await see([("Forwarded", field)], from: "10.0.0.1", .forwarded(.for, .proto, .host))
                == "192.0.2.7 http inner"
        )
    }

    @Test func `fields from a Unix socket are read only if unix is listed`() async throws {
        for (proxies, expected) in [(["unix"], "192.0.2.7 http -"), (["10.0.0.0/8"], "- http -")] {
            let exchange = Exchange()
            var request = try exchange.request("/")
            request.headers[try #require(HTTPField.Name("X-Forwarded-For"))] = "192.0.2.7"
            for address in [nil, try SocketAddress(unixDomainSocketPath: "/tmp/gust.sock")] {
                request.peer.address = address
                let handler = try TrustedProxies(proxies, reading: .xForwarded(.for)).wrapping(Mirror())
                #expect(try await exchange.answer(request, from: handler).text == expected)
            }
        }
    }

    /// Text that a visitor sends before the element that the proxy appends.
    static let prefaces = [
        "\u{600}", "\u{301}", "\u{110BD}", "6.6.6.6\u{301}", "\"", "\"6.6.6.6", "\\", "\"\\",
        "\"a\" \"", "\"\\\"", ",", ";",
        "for=\"6.6.6.6", "for=\"\\", "for=\"6.6.6.6\";x=\"", "10.0.0.2", "for=10.0.0.2\u{600}",
    ]

    @Test(arguments: prefaces)
    func `text of the visitor can't change the element of the proxy`(
        preface: String
    )
        async throws
    {
        #expect(try await see([("X-Forwarded-For", "\(preface), 127.0.0.5")]) == "127.0.0.5 http inner")
        let standard = TrustedProxies.Fields.forwarded(.for, .proto, .host)
        let fields = [
            ("for=127.0.0.5", "127.0.0.5 http inner"),
            (#"for="127.0.0.5:80";proto=https;host="a\\.b""#, "127.0.0.5 https inner"),
            (#"host="a:1";for="[2001:db9::1]:80""#, "2001:db9::1 http a:1"),
        ]
        for (element, expected) in fields {
            let field = ("Forwarded", "\(preface), \(element)")
            #expect(try await see([field], from: "10.0.0.1", standard) == expected)
            // The same holds behind a second listed proxy.
            let second = ("Forwarded", "\(preface), \(element), for=10.0.0.7")
            #expect(try await see([second], from: "10.0.0.1", standard) == expected)
        }
    }

    @Test(arguments: [
        "", ",", "unknown", "_hidden", "\u{600}", "\"", "1.2.3.4\"", "for=\"",
        "for=1.1.1.1;for=1.1.1.1", "proto=http",
        "for", "for=1.1.1.1;x", "for=\u{660}.1.1.1", "f\u{17F}r=1.1.1.1",
    ])
    func `an invalid element makes the address unknown`(element: String) async throws {
        #expect(try await see([("X-Forwarded-For", element)]) == "- http inner")
        let standard = TrustedProxies.Fields.forwarded(.for)
        #expect(try await see([("Forwarded", element)], from: "10.0.0.1", standard) == "- http inner")
    }

    @Test func `only the configured parts are read`() async throws {
        let headers = [
            ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "outer"),
            ("Forwarded", "for=192.0.2.7;proto=https;host=outer"),
        ]
        let cases: [(TrustedProxies.Fields, String)] = [
            (.xForwarded(.for), "192.0.2.7 http inner"), (.xForwarded(.proto), "10.0.0.1 https inner"),
            (.xForwarded(.host), "10.0.0.1 http outer"),
            (.xForwarded(.proto, .host), "10.0.0.1 https outer"),
            (.forwarded(.for), "192.0.2.7 http inner"), (.forwarded(.proto), "10.0.0.1 https inner"),
            (.forwarded(.host), "10.0.0.1 http outer"), (.xForwarded(), "10.0.0.1 http inner"),
        ]
        for (fields, expected) in cases {
            #expect(try await see(headers, from: "10.0.0.1", fields) == expected)
        }
    }

    @Test func `without addresses, scheme and host of the nearest proxy are used`()
        async throws
    {
        let headers = [("X-Forwarded-Proto", "http, https"), ("X-Forwarded-Host", "a, outer")]
        #expect(try await see(headers) == "10.0.0.1 https outer")
        #expect(try await see(headers, from: "11.0.0.1") == "11.0.0.1 http inner")
    }

    @Test func `an unknown address doesn't count as a proxy on a Unix socket`() async throws {
        let exchange = Exchange()
        var request = try exchange.request("/")
        request.peer.address = try SocketAddress(ipAddress: "10.0.0.1", port: 1)
        request.headers[try #require(HTTPField.Name("X-Forwarded-For"))] = "10.0.0.1, unknown"
        let proxies = try TrustedProxies(["10.0.0.1", "unix"], reading: .xForwarded(.for))
        let handler = proxies.wrapping(proxies.wrapping(Mirror()))
        #expect(try await exchange.answer(request, from: handler).text == "- http -")
    }

    @Test(arguments: [
        "a:1:2", "[::1", "[1.2.3.4]", "a b", ":80", "a:99999", "a:+1", "<script>", "a\u{301}",
        "\u{212A}",
    ])
    func `an invalid host is ignored`(host: String) async throws {
        #expect(try await see([("X-Forwarded-Host", host)]) == "10.0.0.1 http inner")
    }
}
