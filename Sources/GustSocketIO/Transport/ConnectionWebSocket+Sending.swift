import GustHTTP
import GustWire
import NIOCore

/// Sends the frames of the connection, as its transport.
extension ConnectionWebSocket {
    var webSocketConnection: (any WebSocketConnection)? { webSocket }
    var isWritable: Bool { webSocket.isWritable }
    var bufferedBytes: Int { webSocket.bufferedBytes }
    var kind: TransportKind { .webSocket }

    func write(_ frame: Frame) {
        switch frame {
        case .text(let text): webSocket.send(text: text)
        case .binary(let bytes):
            if let textRevision {
                webSocket.send(text: textRevision.payload.text(ofBinary: bytes))
            } else {
                webSocket.send(binary: bytes)
            }
        }
    }

    func write(_ frame: Frame, isCompressed: Bool) {
        guard !isCompressed, textRevision == nil else { return write(frame) }
        webSocket.send(PreparedMessage(frame, isCompressed: false))
    }

    func write(textWrittenBy write: (inout ByteBuffer) -> Void) { webSocket.send(textWrittenBy: write) }

    func write(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        webSocket.send(textOf: length, writtenBy: write)
    }

    func write(_ frames: [Frame]) {
        for frame in frames { write(frame) }
    }

    func write(_ shared: SharedPacket.Encoded) {
        if shared.isOneText { return webSocket.send(shared.text) }
        for (frame, message) in zip(shared.frames, shared.messages) {
            if textRevision != nil, case .binary = frame { write(frame) } else { webSocket.send(message) }
        }
    }

    func flush() { webSocket.flush() }

    func whenFlushed(_ body: @escaping (Bool) -> Void) { webSocket.whenFlushed(body) }

    func setReading(_ isReading: Bool) {
        if isReading { webSocket.resumeReading() } else { webSocket.pauseReading() }
    }

    func close(saying closePacket: Frame?) {
        // The close frame of WebSocket ends the connection; some revisions send a close packet of their own before.
        if let closePacket { write(closePacket) }
        webSocket.close(code: nil, reason: "")
        letGo()
    }

    func refuse(_ refusal: RefusalBody) { close(saying: nil) }

    func abort() { webSocket.abort() }
}
