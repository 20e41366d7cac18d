import GustWire
import NIOCore

/// The client's end of a transport: sends and receives frames without interpreting them.
protocol FrameCarrier: Sendable {
    /// Sends frames as one batch.
    func send(_ frames: [Frame]) async throws
    /// The next frame; nil if none has been received.
    func nextIfAny() async throws -> Frame?
    /// Closes the transport regularly.
    func close() async throws
    /// Closes the transport abruptly, as a network failure does.
    func drop() async throws
}

/// Frames over a WebSocket.
struct WebSocketTransportEnd: FrameCarrier {
    let webSocket: TestWebSocket

    func send(_ frames: [Frame]) async throws {
        for frame in frames {
            switch frame {
            case .text(let text): try await webSocket.send(String(buffer: text))
            case .binary(let bytes): try await webSocket.send(bytes)
            }
        }
    }

    func nextIfAny() async throws -> Frame? {
        switch try await webSocket.nextIfAny() {
        case .text(let text): return .text(ByteBuffer(string: text))
        case .binary(let bytes): return .binary(bytes)
        case .close:
            try await webSocket.close(nil)
            throw TestError.closed
        case nil: return nil
        }
    }

    func close() async throws { try await webSocket.close() }

    func drop() async throws { try await webSocket.abort() }
}
