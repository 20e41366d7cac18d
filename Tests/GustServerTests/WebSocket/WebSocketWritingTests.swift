import GustHTTP
import NIOCore
import Testing

@testable import GustServer

/// Messages that are written directly into the buffer of a burst, before their headers.
@Suite struct WebSocketWritingTests {
    private func open(_ dialect: String) throws -> WebSocketEcho {
        let echo = try WebSocketEcho()
        let fields =
            dialect == "75"
            ? "Upgrade: WebSocket\r\nConnection: Upgrade\r\n"
            : "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + "Sec-WebSocket-Version: 13\r\n"
        _ = try echo.send("GET /ws HTTP/1.1\r\nHost: x\r\nOrigin: http://x\r\n\(fields)\r\n".utf8)
        return echo
    }

    @Test(arguments: [
        (1, [0x81, 1]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 0xFF, 0xFF]),
        (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
    ])
    func `the header has the length of the written payload`(length: Int, header: [UInt8]) throws {
        let echo = try open("13")
        let text = String(repeating: "x", count: length - 1) + "y"
        // The message is between two others, to check that the bytes before and after it are intact.
        echo.webSocket?.send("a")
        echo.webSocket?.send { $0.writeString(text) }
        echo.webSocket?.send("b")
        #expect(try echo.send([]) == [0x81, 1, 0x61] + header + Array(text.utf8) + [0x81, 1, 0x62])
    }

    @Test func `if nothing is written, nothing is sent`() throws {
        let echo = try open("13")
        echo.webSocket?.send("a")
        echo.webSocket?.send { _ in }
        echo.webSocket?.send("b")
        #expect(try echo.send([]) == [0x81, 1, 0x61, 0x81, 1, 0x62])
    }

    @Test func `a hixie client receives hixie frames`() throws {
        let echo = try open("75")
        echo.webSocket?.send { $0.writeString("a") }
        echo.webSocket?.send { _ in }
        #expect(try echo.send([]) == [0, 0x61, 0xFF])
    }

    @Test func `nothing is written after a close frame`() throws {
        let echo = try open("13")
        let webSocket = try #require(echo.webSocket)
        webSocket.close()
        webSocket.send { $0.writeString("a") }
        #expect(try echo.send([]) == [0x88, 2, 0x03, 0xE8])
    }
}
