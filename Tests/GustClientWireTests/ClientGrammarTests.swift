import GustClientWire
import GustWire
import NIOCore
import Testing

/// The targets and bodies of the requests of clients.
@Suite struct ClientGrammarTests {
    private static let targets: [(Revision, ClientTransport, String?, String)] = [
        (.engineIO4, .polling, nil, "/socket.io/?EIO=4&transport=polling"),
        (.engineIO4, .upgrade, "a-B_9.~", "/socket.io/?EIO=4&transport=polling&sid=a-B_9.~"),
        (.engineIO4, .webSocket, "abc", "/socket.io/?EIO=4&transport=websocket&sid=abc"),
        (.engineIO3, .jsonp, "abc", "/socket.io/?EIO=3&transport=polling&j=7&b64=1&sid=abc"),
        (.engineIO3, .base64Polling, nil, "/socket.io/?EIO=3&transport=polling&b64=1"),
        (.socketIO09, .webSocket, nil, "/socket.io/1/?t=1290000000000"),
        (.socketIO09, .xhrPolling, "12", "/socket.io/1/xhr-polling/12?t=1290000000000"),
        (.socketIO09, .jsonpPolling, "12", "/socket.io/1/jsonp-polling/12?t=1290000000000&i=7"),
        (.socketIO06, .webSocket, nil, "/socket.io/websocket/"),
        (.socketIO06, .xhrPolling, "12", "/socket.io/xhr-polling/12/1290000000000"),
        (.socketIO06, .jsonpPolling, "12", "/socket.io/jsonp-polling/12/1290000000000/7"),
    ]

    @Test(arguments: targets.indices, ["/socket.io", "/socket.io/"])
    func `a path with and without a slash at its end makes the same target`(index: Int, path: String) {
        let (revision, transport, sid, target) = Self.targets[index]
        #expect(ClientGrammar.of(revision).get(path, transport, sid) == target)
    }

    @Test(arguments: Revision.all)
    func `bytes of a sid that have a meaning in a request line are encoded`(revision: Revision) {
        let grammar = ClientGrammar.of(revision)
        let sid = "a b\r\nX: y&c=/../?%é"
        for target in [grammar.get("/", .xhrPolling, sid), grammar.post("/", .jsonpPolling, sid)] {
            #expect(target.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            #expect(target.utf8.contains("a%20b%0D%0AX%3A%20y%26c%3D%2F..%2F%3F%25%C3%A9".utf8))
        }
    }

    @Test(arguments: Revision.all)
    func `a script's payload is read by the server's half of the grammar`(revision: Revision) throws {
        let transport: ClientTransport = revision.engineIOVersion == nil ? .jsonpPolling : .jsonp
        let frame = Frame.text(ByteBuffer(string: "4\"a\\nb\" &=+%é😀"))
        let payload = revision.payload.encode([frame], supportsBinary: false).body
        let body = ClientGrammar.of(revision).body(payload, transport)
        #expect(try revision.posted(body, true) == payload)
    }
}
