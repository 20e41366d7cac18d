import GustHTTP
import GustWire
import NIOCore

/// Frames over a WebSocket: one frame a message.
final class WebSocketTransport: Transport {
    let name: String
    private let webSocket: any WebSocket

    init(name: String, webSocket: any WebSocket) {
        self.name = name
        self.webSocket = webSocket
    }

    var isWritable: Bool { webSocket.isWritable }
    var bufferedBytes: Int { webSocket.bufferedBytes }
    var prefersBatches: Bool { false }
    var maximumBatch: Int { .max }

    func write(_ frame: Frame) {
        switch frame {
        case .text(let text): webSocket.send(text: text)
        case .binary(let bytes): webSocket.send(binary: bytes)
        }
    }

    func write(_ frames: [Frame]) {
        for frame in frames { write(frame) }
    }

    func write(_ shared: SharedPacket.Encoded) {
        for message in shared.messages { webSocket.send(message) }
    }

    func flush() { webSocket.flush() }

    func setReading(_ isReading: Bool) {
        if isReading { webSocket.resumeReading() } else { webSocket.pauseReading() }
    }

    func close(saying closePacket: Frame?) {
        // The close frame says it; Engine.IO sends no close packet over WebSocket (modern.md §8).
        webSocket.close(code: nil, reason: "")
    }
}
