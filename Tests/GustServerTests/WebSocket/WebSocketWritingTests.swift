import GustHTTP
import NIOCore
import Testing

@testable import GustServer

/// Messages that are written straight into the buffer of a burst, whose headers are made afterwards.
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
    func `the header fits the length of what was written`(length: Int, header: [UInt8]) throws {
        let echo = try open("13")
        let text = String(repeating: "x", count: length - 1) + "y"
        // Between two others, so that the buffer isn't empty and nothing behind is spoilt.
        echo.webSocket?.send("a")
        echo.webSocket?.send { $0.writeString(text) }
        echo.webSocket?.send("b")
        #expect(try echo.send([]) == [0x81, 1, 0x61] + header + Array(text.utf8) + [0x81, 1, 0x62])
    }

    @Test func `nothing written is nothing sent`() throws {
        let echo = try open("13")
        echo.webSocket?.send("a")
        echo.webSocket?.send { _ in }
        echo.webSocket?.send("b")
        #expect(try echo.send([]) == [0x81, 1, 0x61, 0x81, 1, 0x62])
    }

    @Test func `an old draft gets its own frames`() throws {
        let echo = try open("75")
        echo.webSocket?.send { $0.writeString("a") }
        echo.webSocket?.send { _ in }
        #expect(try echo.send([]) == [0, 0x61, 0xFF])
    }

    @Test func `nothing is written once the end was said`() throws {
        let echo = try open("13")
        let webSocket = try #require(echo.webSocket)
        webSocket.close()
        webSocket.send { $0.writeString("a") }
        #expect(try echo.send([]) == [0x88, 2, 0x03, 0xE8])
    }
}
