import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustWeb

/// Who the visitor is, behind proxies.
@Suite struct TrustedProxiesTests {
    /// Tells what it sees of the visitor.
    private struct Mirror: Handler {
        func answer(_ request: Request) -> Answer {
            let peer = request.peer
            let text =
                "\(peer.address?.ipAddress ?? "-") \(peer.isSecure ? "https" : "http") \(request.headers.value("host") ?? "-")"
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
        // The proxy says it all.
        ("192.0.2.7", "https", "example.com", "192.0.2.7 https example.com"),
        // What stands before the visitor anybody can have written.
        ("10.9.9.9, 127.0.0.1, 192.0.2.7", "https", "example.com", "192.0.2.7 https example.com"),
        // Two proxies in a row.
        ("1.1.1.1, 192.0.2.7, 10.0.0.2", "http", "a:8080", "192.0.2.7 http a:8080"),
        ("192.0.2.7:4711", "https", "[::1]:80", "192.0.2.7 https [::1]:80"),
        ("[2001:db9::1]:4711", "wss", "a", "2001:db9::1 https a"),
        // Other ways to write an address aren't addresses.
        ("0xC0000207", "https", "a", "- https a"),
        ("192.0.2.07", "https", "a", "- https a"),
        ("unknown", "https", "a", "- https a"),
        ("192.0.2.7", "javascript", "a/b", "192.0.2.7 http inner"),
        // All of them proxies: the outermost is the visitor.
        ("10.0.0.3, 10.0.0.2", "https", "a", "10.0.0.3 https a"),
    ])
    func `the visitor is the last who isn't a proxy`(
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

    @Test func `who isn't on the list is never believed`() async throws {
        let headers = [
            ("X-Forwarded-For", "192.0.2.7"), ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Host", "evil"),
        ]
        #expect(try await see(headers, from: "11.0.0.1") == "11.0.0.1 http inner")
        #expect(try await see(headers, from: "2001:db9::1") == "2001:db9::1 http inner")
        // Written as IPv6 it is the same address.
        #expect(try await see(headers, from: "::ffff:10.0.0.1") == "192.0.2.7 https evil")
        #expect(try await see(headers, from: "2001:db8::77") == "192.0.2.7 https evil")
    }

    @Test func `fields sent more than once are one list`() async throws {
        let seen = try await see([("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", "192.0.2.7")])
        #expect(seen == "192.0.2.7 http inner")
    }

    @Test func `of two families only the one that proxies set is read`() async throws {
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
    func `the standard's field is read with its quotes`(field: String, expected: String) async throws {
        #expect(
            try await see([("Forwarded", field)], from: "10.0.0.1", .forwarded(.for, .proto, .host))
                == expected
        )
    }

    @Test func `a WebSocket of 2010 is told the URL that its browser used`() async throws {
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
        "fe80::1%lo",
    ])
    func `what is no address is refused at once`(text: String) {
        #expect(throws: AddressRangeError(text)) {
            try TrustedProxies([text], reading: .xForwarded(.for))
        }
    }

    @Test func `ranges end at any bit`() throws {
        let range = try AddressRange("192.168.16.0/20")
        #expect(try range.contains(SocketAddress(ipAddress: "192.168.31.255", port: 0)))
        #expect(try !range.contains(SocketAddress(ipAddress: "192.168.32.0", port: 0)))
        #expect(try AddressRange("0.0.0.0/0").contains(SocketAddress(ipAddress: "1.2.3.4", port: 0)))
        #expect(try !AddressRange("0.0.0.0/0").contains(SocketAddress(ipAddress: "::1", port: 0)))
    }

    @Test(arguments: [
        // As many schemes and hosts as addresses: each belongs to the proxy at its place.
        ("192.0.2.7, 10.0.0.2", "https, http", "outer, inner", "192.0.2.7 https outer"),
        ("1.1.1.1, 192.0.2.7, 10.0.0.2", "ws, https, http", "a, b, c", "192.0.2.7 https b"),
        // Otherwise the last is that of the nearest proxy, and no other says anything.
        ("192.0.2.7, 10.0.0.2", "https", "outer", "192.0.2.7 https outer"),
        ("1.1.1.1, 192.0.2.7, 10.0.0.2", "http, https", "a, b", "192.0.2.7 https b"),
        // What is behind an address, and a port that is none.
        ("[2001:db9::1]x", "http", "a", "- http a"),
        ("192.0.2.7:99999", "http", "a", "192.0.2.7 http a"),
        ("192.0.2.7", "http", String(repeating: "a", count: 256), "192.0.2.7 http inner"),
    ])
    func `lists are read from the nearest proxy outwards`(
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
    func `of a list without end the last 32 are looked at`(fields: TrustedProxies.Fields) async throws {
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

    @Test func `a quote may stand in quotes, and ends nothing there`() async throws {
        let field = #"for=1.1.1.1;host="a\",for=2.2.2.2;host=b", for=192.0.2.7"#
        #expect(
            try await see([("Forwarded", field)], from: "10.0.0.1", .forwarded(.for, .proto, .host))
                == "192.0.2.7 http inner"
        )
    }

    @Test func `what comes through a Unix socket is believed only if that is said`() async throws {
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

    /// What a visitor writes in front of the element that the proxy adds.
    static let prefaces = [
        "\u{600}", "\u{301}", "\u{110BD}", "6.6.6.6\u{301}", "\"", "\"6.6.6.6", "\\", "\"\\",
        "\"a\" \"", "\"\\\"", ",", ";",
        "for=\"6.6.6.6", "for=\"\\", "for=\"6.6.6.6\";x=\"", "10.0.0.2", "for=10.0.0.2\u{600}",
    ]

    @Test(arguments: prefaces)
    func `nothing that a visitor writes reaches into the element of the proxy`(
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
            // Behind a second proxy of the list as well.
            let second = ("Forwarded", "\(preface), \(element), for=10.0.0.7")
            #expect(try await see([second], from: "10.0.0.1", standard) == expected)
        }
    }

    @Test(arguments: [
        "", ",", "unknown", "_hidden", "\u{600}", "\"", "1.2.3.4\"", "for=\"",
        "for=1.1.1.1;for=1.1.1.1", "proto=http",
        "for", "for=1.1.1.1;x", "for=\u{660}.1.1.1", "f\u{17F}r=1.1.1.1",
    ])
    func `an element that can't be read leaves an unknown address`(element: String) async throws {
        #expect(try await see([("X-Forwarded-For", element)]) == "- http inner")
        let standard = TrustedProxies.Fields.forwarded(.for)
        #expect(try await see([("Forwarded", element)], from: "10.0.0.1", standard) == "- http inner")
    }

    @Test func `only what is asked for is believed`() async throws {
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

    @Test func `scheme and host count without an address, and those of the nearest proxy`()
        async throws
    {
        let headers = [("X-Forwarded-Proto", "http, https"), ("X-Forwarded-Host", "a, outer")]
        #expect(try await see(headers) == "10.0.0.1 https outer")
        #expect(try await see(headers, from: "11.0.0.1") == "11.0.0.1 http inner")
    }

    @Test func `an unknown visitor isn't taken for a proxy on a Unix socket`() async throws {
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
    func `a host that is none is left out`(host: String) async throws {
        #expect(try await see([("X-Forwarded-Host", host)]) == "10.0.0.1 http inner")
    }
}
