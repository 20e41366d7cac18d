import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// Requests as values.
@Suite struct RequestTests {
    private static let asked: [(upgrade: String?, connection: String?, isAsked: Bool)] = [
        ("websocket", "Upgrade", true), ("WebSocket", "upgrade", true),
        ("h2c,\twebsocket ", "keep-alive, UPGRADE", true),
        ("websocket", "keep-alive", false), ("websocket", nil, false), (nil, "Upgrade", false),
        ("h2c", "Upgrade", false), ("websockets", "Upgrade", false), ("websocket", "upgraded", false),
        ("web socket", "Upgrade", false), ("", "Upgrade", false),
    ]

    @Test(arguments: asked)
    func `an upgrade requires both Upgrade and Connection`(upgrade: String?, connection: String?, isAsked: Bool) throws
    {
        var headers = HTTPFields()
        headers[.upgrade] = upgrade
        headers[.connection] = connection
        let request = Request(
            method: .get,
            target: try #require(RequestTarget("/")),
            headers: headers,
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        #expect(request.isUpgrade(to: "websocket") == isAsked)
    }

    @Test func `the first field of a name is found by the name in lower case`() throws {
        var headers = HTTPFields()
        for value in ["1", "2"] {
            headers.append(HTTPField(name: .age, value: "0"))
            headers.append(HTTPField(name: try #require(HTTPField.Name("X-Some")), value: value))
        }
        #expect(headers.value(of: "x-some") == "1")
        #expect(headers.value(of: "x-other") == nil)
    }

    @Test func `a change of a copy doesn't change the original`() throws {
        let original = Request(
            method: .get,
            target: try #require(RequestTarget("/a")),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        var copy = original
        copy.method = .post
        copy.target = try #require(RequestTarget("/b"))
        copy.headers[.accept] = "*/*"
        copy.captures = Captures([(name: "id", value: "1")])
        copy.peer.isSecure = true
        #expect(original.method == .get && copy.method == .post)
        #expect(original.path == "/a" && copy.path == "/b")
        #expect(original.headers[.accept] == nil && copy.headers[.accept] == "*/*")
        #expect(original.captures["id"] == nil && copy.captures["id"] == "1")
        #expect(!original.peer.isSecure && copy.peer.isSecure)
    }
}
