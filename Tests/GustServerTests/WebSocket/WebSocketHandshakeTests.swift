import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustServer

/// Negotiation and refusals of the opening handshake.
@Suite struct WebSocketHandshakeTests {
    private func handshake(_ fields: String = "", version: String = "13", method: String = "GET") -> String {
        """
        \(method) /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: \(version)\r\n\(fields)\r\n
        """
    }

    private func ask(_ request: String, subprotocol: String? = nil, deflate: WebSocketDeflate? = nil) throws -> String {
        let echo = try WebSocketEcho(subprotocol: subprotocol, deflate: deflate)
        return String(decoding: try echo.send(request.utf8), as: UTF8.self)
    }

    @Test func `only a GET request is upgraded`() throws {
        let answer = try ask(handshake(method: "POST"))
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        #expect(answer.hasSuffix("\r\n\r\nthis URL accepts WebSocket handshakes only"))
    }

    @Test(arguments: [
        ("Sec-WebSocket-Protocol: soup, chat\r\n", "HTTP/1.1 101 ", true),
        ("Sec-WebSocket-Protocol: chatter\r\n", "HTTP/1.1 400 ", false),
        ("Sec-WebSocket-Protocol: chat\u{301}\r\n", "HTTP/1.1 400 ", false), ("", "HTTP/1.1 400 ", false),
    ])
    func `the required subprotocol must be among the offers`(offer: String, status: String, isTold: Bool) throws {
        let answer = try ask(handshake(offer), subprotocol: "chat")
        #expect(answer.hasPrefix(status))
        #expect(answer.contains("Sec-WebSocket-Protocol: chat\r\n") == isTold)
        #expect(answer.hasSuffix("\r\n\r\nthe subprotocol chat was not offered") == !isTold)
    }

    @Test(arguments: [("13", true), ("8", false), ("7", false)])
    func `compression is negotiated for RFC 6455 only`(version: String, isAccepted: Bool) throws {
        let offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
        let answer = try ask(handshake(offer, version: version), deflate: WebSocketDeflate())
        #expect(answer.hasPrefix("HTTP/1.1 101 "))
        #expect(answer.contains("Sec-WebSocket-Extensions:") == isAccepted)
    }

    // MARK: The drafts without a version

    private func hixie(_ fields: String) -> String {
        "GET /ws HTTP/1.1\r\nUpgrade: WebSocket\r\nConnection: Upgrade\r\n\(fields)\r\n"
    }

    @Test func `a later client without a version isn't treated as a hixie client`() throws {
        let key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        #expect(try ask(hixie("Host: x\r\n" + key)).hasPrefix("HTTP/1.1 426 "))
        #expect(try ask(hixie("Host: x\r\n")).hasPrefix("HTTP/1.1 101 "))
    }

    @Test func `a hixie handshake without a host is refused`() throws {
        let answer = try ask(hixie("Host: \r\n"))
        #expect(answer.hasPrefix("HTTP/1.1 400 "))
        #expect(answer.hasSuffix("\r\n\r\na WebSocket handshake needs a Host field"))
    }

    @Test(arguments: [("chat", "HTTP/1.1 101 "), ("soup", "HTTP/1.1 400 "), ("chat soup", "HTTP/1.1 400 ")])
    func `a hixie client that offers another subprotocol is refused`(offer: String, status: String) throws {
        let answer = try ask(hixie("Host: x\r\nWebSocket-Protocol: \(offer)\r\n"), subprotocol: "chat")
        #expect(answer.hasPrefix(status))
        #expect(answer.hasSuffix("\r\n\r\nthe subprotocol isn't supported") == (offer != "chat"))
    }

    @Test(arguments: [(true, "wss://x/ws"), (false, "ws://x/ws")])
    func `a client over TLS receives a wss location`(isSecure: Bool, location: String) throws {
        let request = Request(
            method: .get,
            target: try #require(RequestTarget("/ws")),
            headers: [.upgrade: "WebSocket", .connection: "Upgrade", try #require(HTTPField.Name("Host")): "x"],
            peer: Peer(isSecure: isSecure),
            executor: LoopExecutor(EmbeddedEventLoop())
        )
        let upgrade = WebSocketUpgrade { _ in WebSocketEvents() }
        let acceptance = try HixieHandshake.accept(request, upgrade, .hixie75).get()
        #expect(acceptance.fields.first { $0.name == "WebSocket-Location" }?.value == location)
    }

    @Test func `the handler of a hixie-76 handshake is released when the handshake is complete`() throws {
        let echo = try WebSocketEcho()
        let request = """
            GET /demo HTTP/1.1\r\nHost: example.com\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\
            Sec-WebSocket-Key2: 1_ tx7X d  <  nw  334J702) 7]o}` 0\r\n\
            Sec-WebSocket-Key1: 18x 6]8vM;54 *(5:  {   U1]8  z [  8\r\n\r\n
            """
        try echo.send(request.utf8)
        weak let handler = try echo.wire.channel.pipeline.syncOperations.handler(type: Hixie76Handler.self)
        #expect(handler != nil)
        try echo.send("Tm[K T2u".utf8)
        #expect(echo.webSocket != nil)
        #expect(handler == nil)
        // The deadline of the eight bytes doesn't apply to the WebSocket.
        echo.wire.loop.advanceTime(by: .seconds(600))
        #expect(echo.wire.isOpen)
    }
}
