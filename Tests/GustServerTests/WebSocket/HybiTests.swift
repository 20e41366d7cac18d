import GustHTTP
import Testing

@testable import GustServer

/// The drafts hybi-07 and hybi-08, which differ from RFC 6455 in their handshake only.
@Suite struct HybiTests {
    private func request(_ version: String, _ fields: String = "") -> String {
        """
        GET /ws HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: \(version)\r\n\(fields)\r\n
        """
    }

    @Test(arguments: ["7", "8"])
    func `Sec-WebSocket-Origin is available as Origin`(version: String) throws {
        let echo = try WebSocketEcho()
        let answer = try echo.send(request(version, "Sec-WebSocket-Origin: http://page\r\n").utf8)
        #expect(
            String(decoding: answer, as: UTF8.self) == """
                HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\
                Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n
                """
        )
        #expect(echo.origin == "http://page")
        // 81 81: one byte of text, masked with zeros.
        #expect(try echo.send([0x81, 0x81, 0, 0, 0, 0, 0x41]) == [0x81, 1, 0x41])
    }

    @Test func `Sec-WebSocket-Origin is ignored for later clients and beside Origin`() throws {
        let echo = try WebSocketEcho()
        try echo.send(request("13", "Sec-WebSocket-Origin: http://page\r\n").utf8)
        #expect(echo.origin == nil)
        let other = try WebSocketEcho()
        try other.send(request("8", "Origin: http://true\r\nSec-WebSocket-Origin: http://page\r\n").utf8)
        #expect(other.origin == "http://true")
    }

    @Test(arguments: [("7", WebSocketDialect.hybi07), ("8", .hybi08), ("13", .rfc6455)])
    func `a disabled dialect is answered 426 with the enabled versions`(
        version: String,
        dialect: WebSocketDialect
    ) throws {
        let echo = try WebSocketEcho(dialects: Set(WebSocketDialect.allCases).subtracting([dialect]))
        let answer = String(decoding: try echo.send(request(version).utf8), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 426 "))
        let others = ["13", "8", "7"].filter { $0 != version }.joined(separator: ", ")
        #expect(answer.contains("Sec-WebSocket-Version: \(others)\r\n"))
        #expect(!echo.wire.isOpen)
    }
}
