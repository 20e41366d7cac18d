import GustHTTP
import NIOCore
import NIOEmbedded

/// The connection of a WebSocket on a loop that the test turns; it records what the handler does.
final class FakeWebSocket: WebSocketConnection {
    let eventLoop: any EventLoop
    var isWritable = true
    let bufferedBytes = 0
    var receiver: (any WebSocketReceiver)?
    private(set) var texts: [String] = []
    private(set) var pings = 0
    private(set) var isPaused = false
    private(set) var isAborted = false
    private(set) var closed: WebSocketCloseCode?
    /// Whether pings are answered.
    var answersPings = true

    init(_ loop: EmbeddedEventLoop) {
        eventLoop = loop
    }

    /// Opens the WebSocket of a response.
    func open(_ response: Response) {
        if case .upgrade(let upgrade) = response.body { receiver = upgrade.open(self) }
    }

    func send(text: ByteBuffer) { texts.append(String(buffer: text)) }

    func send(binary: ByteBuffer) { texts.append("\(binary.readableBytes) bytes") }

    func send(_ message: PreparedMessage) {}

    func ping(_ payload: ByteBuffer) {
        pings += 1
        if answersPings { receiver?.receivedPong() }
    }

    func close(code: WebSocketCloseCode?, reason: String) { closed = code }

    func abort() {
        isAborted = true
        end(isClean: false)
    }

    func flush() {}

    func pauseReading() { isPaused = true }

    func resumeReading() { isPaused = false }

    /// The connection ends.
    func end(isClean: Bool) {
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(WebSocketClosure(isClean: isClean))
    }

    func setWritable(_ isWritable: Bool) {
        self.isWritable = isWritable
        receiver?.writabilityChanged(isWritable: isWritable)
    }
}
