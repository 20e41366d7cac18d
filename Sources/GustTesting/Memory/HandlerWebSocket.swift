import GustHTTP
import NIOCore

/// Both ends of a WebSocket in memory: the handler's and the client's.
///
/// `@unchecked Sendable`: used on the loop only; callers hop to it first (`ServerAccess.onLoop`).
final class HandlerWebSocket: WebSocketConnection, WebSocketEnd, @unchecked Sendable {
    let eventLoop: any EventLoop
    private(set) var isWritable = true
    private var receiver: (any WebSocketReceiver)?
    private var isClosed = false
    private var sent: [TestWebSocket.Message] = []
    private var isPaused = false
    private var waiting: [() -> Void] = []
    private var whenFlushed: [(Bool) -> Void] = []

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Passes the WebSocket to the handler.
    func open(_ upgrade: WebSocketUpgrade) {
        receiver = upgrade.open(self)
    }

    // MARK: The client's end

    func send(_ message: TestWebSocket.Message) throws {
        guard let receiver, !isClosed else { throw TestError.closed }
        whenReading {
            switch message {
            case .text(let text):
                // In place, as a server passes the texts of a read.
                let read = ByteBuffer(string: text)
                read.withUnsafeReadableBytes { receiver.receive(text: $0, at: read.readerIndex, of: read) }
            case .binary(let bytes): receiver.receive(binary: bytes)
            case .close: break
            }
        }
    }

    func close(_ code: WebSocketCloseCode?) {
        end(WebSocketClosure(code: code, isClean: true))
    }

    func take() -> TestWebSocket.Message? { sent.isEmpty ? nil : sent.removeFirst() }

    func setWritable(_ isWritable: Bool) {
        self.isWritable = isWritable
        if isWritable { confirm(true) }
        receiver?.writabilityChanged(isWritable: isWritable)
    }

    private func end(_ closure: WebSocketClosure) {
        isClosed = true
        // The messages that were never read retain the receiver.
        waiting = []
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(closure)
        confirm(false)
    }

    private func confirm(_ isSent: Bool) {
        let bodies = whenFlushed
        whenFlushed = []
        for body in bodies { body(isSent) }
    }

    private func whenReading(_ body: @escaping () -> Void) {
        if isPaused { waiting.append(body) } else { body() }
    }

    // MARK: The handler's end

    var bufferedBytes: Int { 0 }

    func send(text: ByteBuffer) { append(.text(String(buffer: text))) }

    func send(binary: ByteBuffer) { append(.binary(binary)) }

    func send(_ message: PreparedMessage) {
        if message.isText { send(text: message.payload) } else { send(binary: message.payload) }
    }

    func flush() {}

    func whenFlushed(_ body: @escaping (Bool) -> Void) {
        if isWritable { body(true) } else { whenFlushed.append(body) }
    }

    /// The client answers pings automatically, as browsers do.
    func ping(_ payload: ByteBuffer) { receiver?.receivedPong() }

    func close(code: WebSocketCloseCode?, reason: String) {
        guard !isClosed else { return }
        append(.close(code))
        isClosed = true
        // The client answers the close frame automatically, as browsers do. The receiver is called after
        // this method has returned.
        eventLoop.execute { self.end(WebSocketClosure(code: code, isClean: true)) }
    }

    func abort() {
        // Called by either end. The receiver is called after this method has returned, as with a real connection.
        append(.close(.abnormalClosure))
        isClosed = true
        eventLoop.execute { self.end(WebSocketClosure(isClean: false)) }
    }

    func pauseReading() { isPaused = true }

    func resumeReading() {
        isPaused = false
        while !isPaused, !waiting.isEmpty { waiting.removeFirst()() }
    }

    private func append(_ message: TestWebSocket.Message) {
        guard !isClosed else { return }
        sent.append(message)
    }
}
