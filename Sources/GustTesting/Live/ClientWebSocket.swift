import GustFraming
import GustHTTP
import NIOCore

/// The client's end of a WebSocket over TCP (RFC 6455); pings and close frames are answered automatically.
///
/// `@unchecked Sendable`: used on the loop only; callers hop to it first (`ServerAccess.onLoop`).
final class ClientWebSocket: WebSocketEnd, @unchecked Sendable {
    /// The longest message that a test receives, in bytes.
    private static let maximumMessageSize = 1 << 30
    /// A server may fragment a message as it likes.
    private static let maximumFragments = 1 << 20

    private var connection: ClientConnection?
    private var received: [TestWebSocket.Message] = []
    private var framing = RFC6455Framing(
        role: .client,
        maximumMessageSize: maximumMessageSize,
        maximumFragments: maximumFragments,
        masking: MaskingKeys()
    )
    /// Whether the client has sent a close frame, or the connection has ended.
    private var hasClosed = false

    init(_ connection: ClientConnection) {
        self.connection = connection
    }

    // MARK: Sending

    func send(_ message: TestWebSocket.Message) throws {
        guard connection != nil, !hasClosed else { throw TestError.closed }
        switch message {
        case .text(let text): write(.text, ByteBuffer(string: text))
        case .binary(let bytes): write(.binary, bytes)
        case .close(let code): close(code)
        }
    }

    private func write(_ kind: WebSocketOutput, _ payload: ByteBuffer) {
        var frame = ByteBuffer()
        framing.write(kind, payload, into: &frame)
        connection?.write(frame)
    }

    func close(_ code: WebSocketCloseCode?) {
        guard connection != nil, !hasClosed else { return }
        hasClosed = true
        var payload = ByteBuffer()
        if let code { payload.writeInteger(code.rawValue) }
        // The server closes the TCP connection after the closing handshake (RFC 6455 §7.1.1).
        write(.close, payload)
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
        var inputs: [WebSocketInput] = []
        framing.read(&bytes, into: &inputs)
        for input in inputs {
            switch input {
            case .text(let text): received.append(.text(String(buffer: text)))
            case .binary(let bytes): received.append(.binary(bytes))
            case .ping(let payload): write(.pong, payload)
            case .pong: break
            case .close(let code, _):
                received.append(.close(code))
                close(code)
            case .failure(let code): throw TestError.unexpected("a frame that fails with \(code.rawValue)")
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
