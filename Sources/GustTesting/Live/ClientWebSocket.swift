import GustHTTP
import NIOCore

/// The client's end of a WebSocket over TCP (RFC 6455); pings and close frames are answered automatically.
///
/// `@unchecked Sendable`: used on the loop only; callers hop to it first (`ServerAccess.onLoop`).
final class ClientWebSocket: WebSocketEnd, @unchecked Sendable {
    private var connection: ClientConnection?
    private var received: [TestWebSocket.Message] = []
    private var reader = ServerFrameReader()
    /// Whether the client has sent a close frame, or the connection has ended.
    private var hasClosed = false

    init(_ connection: ClientConnection) {
        self.connection = connection
    }

    // MARK: Sending

    func send(_ message: TestWebSocket.Message) throws {
        guard let connection, !hasClosed else { throw TestError.closed }
        switch message {
        case .text(let text): connection.write(ClientFrame.bytes(.text, ByteBuffer(string: text)))
        case .binary(let bytes): connection.write(ClientFrame.bytes(.binary, bytes))
        case .close(let code): close(code)
        }
    }

    func close(_ code: WebSocketCloseCode?) {
        guard let connection, !hasClosed else { return }
        hasClosed = true
        var payload = ByteBuffer()
        if let code { payload.writeInteger(code.rawValue) }
        // The server closes the TCP connection after the closing handshake (RFC 6455 §7.1.1).
        connection.write(ClientFrame.bytes(.close, payload))
    }

    func abort() {
        hasClosed = true
        connection?.close()
    }

    func setWritable(_ isWritable: Bool) {
        connection?.setReading(isWritable)
    }

    // MARK: Receiving

    func take() -> TestWebSocket.Message? { received.isEmpty ? nil : received.removeFirst() }

    func read(_ bytes: inout ByteBuffer) throws {
        while let frame = try reader.next(&bytes) {
            switch frame.opcode {
            case .text: received.append(.text(String(buffer: frame.payload)))
            case .binary: received.append(.binary(frame.payload))
            case .ping: connection?.write(ClientFrame.bytes(.pong, frame.payload))
            case .close:
                let code = frame.payload.getInteger(at: frame.payload.readerIndex, as: UInt16.self)
                received.append(.close(code.map(WebSocketCloseCode.init(rawValue:))))
                close(code.map(WebSocketCloseCode.init(rawValue:)))
            case .pong, .continuation: break
            }
        }
    }

    func connectionEnded() {
        connection = nil
        if !received.contains(where: { if case .close = $0 { true } else { false } }), !hasClosed {
            received.append(.close(.abnormalClosure))
        }
        hasClosed = true
    }
}
