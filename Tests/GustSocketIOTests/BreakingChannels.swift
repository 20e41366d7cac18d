import GustHTTP
import HTTPTypes
import NIOCore

@testable import GustSocketIO

/// A WebSocket that ends during a given send.
///
/// `closed` of its receiver is called before the send returns, or as soon as there is a receiver.
final class BreakingWebSocket: WebSocketConnection {
    let eventLoop: any EventLoop
    private var sendsLeft: Int
    private var receiver: (any WebSocketReceiver)?
    private(set) var isWritable = true
    let bufferedBytes = 0

    init(_ eventLoop: any EventLoop, breakingAt send: Int) {
        self.eventLoop = eventLoop
        sendsLeft = send
    }

    func open(_ upgrade: WebSocketUpgrade) {
        let receiver = upgrade.open(self)
        if isWritable { self.receiver = receiver } else { receiver.closed(WebSocketClosure(isClean: false)) }
    }

    /// Passes a frame to the receiver, unless the WebSocket has ended.
    func receive(_ text: String) { receiver?.receive(text: ByteBuffer(string: text)) }

    func send(text: ByteBuffer) { count() }
    func send(binary: ByteBuffer) { count() }
    func send(_ message: PreparedMessage) { count() }
    func flush() {}
    func ping(_ payload: ByteBuffer) {}
    func close(code: WebSocketCloseCode?, reason: String) { end() }
    func abort() { end() }
    func pauseReading() {}
    func resumeReading() {}

    private func count() {
        sendsLeft -= 1
        if sendsLeft == 0 { end() }
    }

    func end() {
        guard isWritable else { return }
        isWritable = false
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(WebSocketClosure(isClean: false))
    }
}

/// A response writer that ends during a given write; `onAbort` is called before the write returns.
final class BreakingWriter: ResponseWriter {
    let hasPeerFinished = false
    let eventLoop: any EventLoop
    private var writesLeft: Int
    var status = HTTPResponse.Status.ok
    var headers: HTTPFields = [:]
    var isChunked = true
    private(set) var isWritable = true
    var onWritable: (() -> Void)?
    var onAbort: (() -> Void)?

    init(_ eventLoop: any EventLoop, breakingAt write: Int) {
        self.eventLoop = eventLoop
        writesLeft = write
    }

    func write(_ bytes: ByteBuffer) { count() }
    func write(_ region: FileRegion) { count() }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        guard isWritable else {
            completion?(false)
            return
        }
        writesLeft -= 1
        let isSent = writesLeft > 0
        letGo()
        completion?(isSent)
    }

    func abort() { letGo() }

    /// The client aborts the exchange.
    func leave() {
        guard isWritable else { return }
        let onAbort = onAbort
        letGo()
        onAbort?()
    }

    private func count() {
        writesLeft -= 1
        if writesLeft == 0 { leave() }
    }

    private func letGo() {
        isWritable = false
        onAbort = nil
        onWritable = nil
    }
}
