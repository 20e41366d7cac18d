import GustHTTP
import HTTPTypes
import NIOCore
import Testing

@testable import GustSocketIO
@testable import GustTesting

/// A WebSocket that records which of its messages may be compressed.
final class RecordingWebSocket: WebSocketConnection {
    /// A message of the server.
    struct Message: Equatable {
        let text: String
        var isCompressible = true
    }

    let eventLoop: any EventLoop
    private(set) var isWritable = true
    let bufferedBytes = 0
    private var messages: [Message] = []
    private var receiver: (any WebSocketReceiver)?

    init(_ eventLoop: any EventLoop) { self.eventLoop = eventLoop }

    func open(_ upgrade: WebSocketUpgrade) { receiver = upgrade.open(self) }

    func receive(_ text: String) { receiver?.receive(text: ByteBuffer(string: text)) }

    func setWritable(_ isWritable: Bool) {
        self.isWritable = isWritable
        receiver?.writabilityChanged(isWritable: isWritable)
    }

    /// Removes and returns the messages.
    func take() -> [Message] {
        defer { messages = [] }
        return messages
    }

    func end() {
        receiver?.closed(WebSocketClosure(isClean: false))
        receiver = nil
    }

    func send(text: ByteBuffer) { messages.append(Message(text: String(buffer: text))) }
    func send(binary: ByteBuffer) { messages.append(Message(text: "<\(binary.readableBytes) bytes>")) }
    func send(_ message: PreparedMessage) {
        if message.isText { send(text: message.payload) } else { send(binary: message.payload) }
        messages[messages.count - 1].isCompressible = message.isCompressible
    }
    func flush() {}
    func ping(_ payload: ByteBuffer) {}
    func close(code: WebSocketCloseCode?, reason: String) { end() }
    func abort() { end() }
    func pauseReading() {}
    func resumeReading() {}
}

extension TwoLoops {
    /// Opens a WebSocket of revision 4 on the first loop that has joined `/`.
    func record() throws -> RecordingWebSocket {
        let webSocket = RecordingWebSocket(first)
        let request = Request(
            method: .get,
            target: try #require(RequestTarget("/socket.io/?EIO=4&transport=websocket")),
            headers: [
                .upgrade: "websocket", .connection: "Upgrade", .secWebSocketVersion: "13",
                .secWebSocketKey: WebSocketProof.key,
            ],
            executor: first.executorOfTasks
        )
        try first.turn {
            guard case .upgrade(let upgrade) = try endpoint.answer(request).immediateResponse?.body else {
                throw TestError.unexpected("no upgrade")
            }
            webSocket.open(upgrade)
        }
        first.turn { webSocket.receive("40") }
        first.advance(by: .milliseconds(2))
        _ = webSocket.take()
        return webSocket
    }
}
