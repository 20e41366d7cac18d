import GustHTTP
import GustWire
import HTTPTypes
import NIOEmbedded
import Testing

@testable import GustRouting
@testable import GustSocketIO

/// Where the extra part of an endpoint's path ends, and the tail of the protocol begins.
@Suite struct EndpointGrammarTests {
    /// The extra part and the tail of a target, according to a route; nil if the route doesn't match.
    private static func found(_ target: String, _ route: RouteEntry) throws -> String? {
        let target = try #require(RequestTarget(target))
        let request = Request(method: .get, target: target, executor: LoopExecutor(EmbeddedEventLoop()))
        let match = route.match(request, path: target.matchingPath, query: target.queryText, host: "")
        return match.map { match in
            let user = EndpointPattern.userCaptures(match.captures)
            return "\(user["extra"] ?? "none") then \(EndpointPattern.tail(of: match.captures))"
        }
    }

    private static func entry(
        _ extra: String,
        separator: String = "/",
        revisions: [Revision] = Revision.all,
        client: ClientFiles = .none
    ) throws -> RouteEntry {
        var settings = SocketIOSettings()
        settings.revisions = revisions
        return try RouteEntry(
            SocketIO(settings).route(resource: "live", extraRE: extra, extraSep: separator, client: client)
        )
    }

    @Test(arguments: [
        ("/live/1/?EIO=4&transport=polling", "1 then /"),
        ("/live/1?EIO=4&transport=polling", "1 then "),
        ("/live/websocket/?EIO=3&transport=websocket", "websocket then /"),
        ("/live/1/1/?t=1", "1 then /1/"),
        ("/live/1/1/websocket/abc", "1 then /1/websocket/abc"),
        ("/live/1/websocket", "1 then /websocket"),
        ("/live/websocket/websocket", "websocket then /websocket"),
        ("/live/1/xhr-polling//1764329000000", "1 then /xhr-polling//1764329000000"),
        ("/live/a/jsonp-polling//1764329000000/1", "a then /jsonp-polling//1764329000000/1"),
        ("/live/%31/?EIO=4", "1 then /"),
        ("/live/1//abc/?disconnect=1", nil),
        ("/live/a/1//abc/?disconnect=1", "a then /1//abc/"),
        ("/live/?EIO=4", nil), ("/live?EIO=4", nil), ("/live//?EIO=4", nil), ("/live/1", "1 then "),
        ("/live/", nil), ("/live", nil), ("/live/websocket", "websocket then "), ("/live/websocket/abc", nil),
        ("/live/a/2/", nil), ("/live/a/socket.io.js", nil), ("/live1/?EIO=4", nil), ("/live/a%2Fwebsocket/?EIO=4", nil),
    ])
    func `an extra part of one segment may look like part of the protocol`(target: String, expected: String?) throws {
        #expect(try Self.found(target, Self.entry("[a-z0-9-]+")) == expected)
    }

    @Test(arguments: [
        ("/live/1/?EIO=4", ".*", "1 then /"),
        ("/live/1/websocket/abc/?EIO=4", ".*", "1/websocket/abc then /"),
        ("/live/1/websocket/abc", ".*", "none then /1/websocket/abc"),
        ("/live/x/1/websocket/abc", ".*", "x then /1/websocket/abc"),
        ("/live/x/1/websocket", ".*", "x/1 then /websocket"),
        ("/live/1/1", ".*", "1 then /1"),
        ("/live?EIO=4", ".*", "none then "),
        ("/live/?EIO=4", ".*", "none then /"),
        ("/live//?EIO=4", ".*", " then /"),
        (
            "/live/123abc/jsonp-polling//1764329000000/1", "(?P<sec_a>123)(?P<sec_b>.*)",
            "123abc then /jsonp-polling//1764329000000/1"
        ),
        ("/live/a%2Fb/?EIO=4", ".+", "a/b then /"),
        ("/live/x/?EIO=4", "x|y", "x then /"),
        ("/live/y/?EIO=4", "x|y", "y then /"),
        ("/live/xy/?EIO=4", "x(?P<extra>y)", "y then /"),
        ("/live/b/?EIO=4", "(?P<extra>a)|b", "none then /"),
    ])
    func `the longest tail whose remaining path matches is used`(
        target: String,
        extra: String,
        expected: String?
    ) throws {
        #expect(try Self.found(target, Self.entry(extra)) == expected)
    }

    @Test func `without a separator the extra part directly follows the resource`() throws {
        let route = try Self.entry("[0-9]+", separator: "")
        #expect(try Self.found("/live12/?EIO=4", route) == "12 then /")
        #expect(try Self.found("/live1/1/", route) == "1 then /1/")
        #expect(try Self.found("/live/1/", route) == nil)
    }

    @Test func `a path of a disabled revision is not recognised`() throws {
        let route = try Self.entry(".+", revisions: [.engineIO4, .engineIO3, .socketIO06])
        #expect(try Self.found("/live/a/1/websocket/abc", route) == "a/1 then /websocket/abc")
        #expect(try Self.found("/live/a/1/", route) == "a/1 then /")
        let engine = try Self.entry("[a-z]+", revisions: [.engineIO4])
        #expect(try Self.found("/live/a/websocket", engine) == nil)
        #expect(try Self.found("/live/a/?EIO=4", engine) == "a then /")
        #expect(try Self.found("/live/a/", engine) == nil)
    }

    @Test func `the client's files are below the resource and below the extra part`() throws {
        struct Files: Handler { func answer(_ request: Request) -> Answer { .ready(Response()) } }
        let route = try Self.entry("[a-z]+", client: ClientFiles(Files()))
        #expect(try Self.found("/live/socket.io.js", route) == "none then /socket.io.js")
        #expect(try Self.found("/live/a/socket.io.esm.js?v=1", route) == "a then /socket.io.esm.js")
        #expect(try Self.found("/live/a/other.js", route) == nil)
    }

    @Test func `an endpoint without an extra part matches all paths below its resource`() throws {
        let route = try RouteEntry(SocketIO().route(resource: "live"))
        #expect(try Self.found("/live", route) == "none then ")
        #expect(try Self.found("/live/1/x%2Fy", route) == "none then /1/x%2Fy")
        #expect(try Self.found("/live1", route) == nil)
    }

    @Test(arguments: [nil, "[a-z]+"])
    func `a slash at the end may be required of clients of Engine_IO`(extra: String?) throws {
        var settings = SocketIOSettings()
        settings.requiresTrailingSlash = true
        let route = try RouteEntry(SocketIO(settings).route(resource: "live", extraRE: extra))
        let path = extra == nil ? "/live" : "/live/a"
        let room = extra == nil ? "none" : "a"
        #expect(try Self.found("\(path)?EIO=4", route) == nil)
        #expect(try Self.found("\(path)/?EIO=4", route) == "\(room) then /")
        #expect(try Self.found("\(path)/1/", route) == "\(room) then /1/")
    }

    @Test func `a later route for the path without the extra part causes no warning`() throws {
        struct Page: Handler { func answer(_ request: Request) -> Answer { .ready(Response("page")) } }
        var routes = Routes()
        routes.add(SocketIO().route(resource: "live", extraRE: "[a-z]+"))
        routes.add(Route("/live/?", handler: Page()))
        #expect(try routes.build().warnings.isEmpty)
    }

    // MARK: Property

    private static let expressions: [(text: String, matches: @Sendable ([UInt8]) -> Bool)] = [
        ("[0-9]+", { !$0.isEmpty && $0.allSatisfy { $0 >= 48 && $0 <= 57 } }),
        ("[^/]+", { !$0.isEmpty && !$0.contains(47) }),
        (".*", { _ in true }),
        (".+", { !$0.isEmpty }),
        ("[^/]*", { !$0.contains(47) }),
        ("1|websocket", { $0.elementsEqual("1".utf8) || $0.elementsEqual("websocket".utf8) }),
        (
            "(?:[a-z]+/)*[a-z]+",
            {
                $0.split(separator: 47, omittingEmptySubsequences: false).allSatisfy {
                    !$0.isEmpty && $0.allSatisfy { $0 >= 97 && $0 <= 122 }
                }
            }
        ),
    ]

    private static let words =
        Revision.all.flatMap { $0.transports.map(\.name) } + (0...20).map(String.init) + [
            "", "", "", "abc", "send", "a-b", "1764329000000", "socket.io.js", "1a", "a%2Fb", "%31", "x.y", "polling",
            "%25",
        ]

    @Test(arguments: 0..<12)
    func `every path is split where the reference implementation splits it`(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<120 {
            let expression = try #require(Self.expressions.randomElement(using: &random))
            let separator = try #require(["/", "", "/t-"].randomElement(using: &random))
            let revisions = Revision.all.filter { _ in Int.random(in: 0..<5, using: &random) > 0 }
            let route = try Self.entry(expression.text, separator: separator, revisions: revisions)
            for _ in 0..<40 {
                let words = (0..<Int.random(in: 0...7, using: &random)).compactMap { _ in
                    Self.words.randomElement(using: &random)
                }
                let glue = Bool.random(using: &random) ? separator : "/"
                let path = "/live" + (words.isEmpty ? "" : glue) + words.joined(separator: "/")
                let query = try #require(
                    ["", "", "", "?t=1", "?disconnect=1", "?EIO=4", "?EIO=3&transport=polling", "?transport=websocket"]
                        .randomElement(using: &random)
                )
                let expected = Reference(
                    separator: separator,
                    matches: expression.matches,
                    names: revisions.map(\.name),
                    query: query
                ).cut(path)
                #expect(
                    try Self.found(path + query, route) == expected,
                    "\(path)\(query) with \(expression.text) behind \"\(separator)\" and \(revisions)"
                )
            }
        }
    }
}

/// A reference implementation of the grammar, as simple as possible: it tries every way to split a path.
private struct Reference {
    let separator: String
    let matches: @Sendable ([UInt8]) -> Bool
    let names: [String]
    let query: String

    func cut(_ path: String) -> String? {
        // Patterns match the path decoded once, except `%2F` and `%25`.
        let path = path.replacing("%31", with: "1")
        for start in path.indices + [path.endIndex] where start == path.endIndex || path[start] == "/" {
            let tail = String(path[start...])
            guard isSentence(tail), let extra = extra(String(path[..<start])) else { continue }
            return "\(extra) then \(tail)"
        }
        return nil
    }

    private func extra(_ head: String) -> String? {
        if head.hasPrefix("/live" + separator) {
            let text = String(head.dropFirst(("/live" + separator).count))
            if matches(Array(text.utf8)) { return text.replacing("%2F", with: "/").replacing("%25", with: "%") }
        }
        return head == "/live" && matches([]) ? "none" : nil
    }

    private func isSentence(_ tail: String) -> Bool {
        if query.contains("EIO") || query.contains("transport") { return tail.isEmpty || tail == "/" }
        if tail.isEmpty || tail == "/" { return names.contains("3") }
        let segments = tail.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if names.contains("0.6"), segments.count <= 5, Revision.socketIO06.transports.map(\.name).contains(segments[0])
        {
            return true
        }
        guard names.contains("0.9"), segments[0] == "1" else { return false }
        let said = segments.last == "" ? segments.dropLast() : segments[...]
        let isKnown = said.count > 1 && Revision.socketIO09.transports.map(\.name).contains(said[1])
        let isGoodbye = query.contains("disconnect")
        switch said.count {
        case 1: return true
        case 2: return isGoodbye && !isKnown && !said[1].isEmpty
        case 3: return isGoodbye || isKnown && !said[2].isEmpty
        default: return false
        }
    }
}
