public import GustHTTP
public import NIOCore

/// One WebSocket for asynchronous code: its messages are a sequence, and sending waits until there is room.
///
/// See `RouteRegistering.webSocketStream`. All methods may be called from any thread and from several tasks.
///
/// `@unchecked Sendable`: the state belongs to the loop of the connection, and every access first hops to the loop or is on it.
public final class WebSocketStream: @unchecked Sendable {
    /// How many messages may wait to be read before nothing more is read from the client.
    static let maximumWaiting = 64

    /// The subprotocol that was agreed on; nil for none.
    public let subprotocol: String?
    let webSocket: any WebSocketConnection
    private let maximumBytes: Int
    private var inbox: [WebSocketMessage] = []
    private var waitingBytes = 0
    private var isPaused = false
    private var readers: [LoopWaiter<Void, WebSocketMessage?>] = []
    private var senders: [LoopWaiter<WebSocketMessage, Void>] = []
    private var isDraining = false
    private(set) var closure: WebSocketClosure?
    private var task: Task<Void, Never>?
    /// Whether the client has sent something since the last ping.
    var isAlive = true
    /// Called when the connection ends.
    var onEnd: (() -> Void)?

    init(_ webSocket: any WebSocketConnection, subprotocol: String?, maximumBytes: Int) {
        self.webSocket = webSocket
        self.subprotocol = subprotocol
        self.maximumBytes = maximumBytes
    }

    /// The messages of the client, until it closes the connection.
    ///
    /// If messages aren't read, at most 64 of them or the maximum length of one message are kept, and nothing more is read from the
    /// client. Several iterations share the messages. The iteration throws ``WebSocketClosedError`` if the connection ends without a
    /// closing handshake, and `CancellationError` if the task is cancelled.
    public var messages: some AsyncSequence<WebSocketMessage, any Error> & Sendable { WebSocketMessages(stream: self) }

    /// Sends a text message.
    ///
    /// If the client reads more slowly than messages are sent, this method waits until the connection has room.
    /// - Throws: `CancellationError` if the connection has ended or the task is cancelled.
    public func send(_ text: String) async throws { try await send(.text(text)) }

    /// Sends a binary message; see ``send(_:)-(String)``.
    ///
    /// - Throws: `CancellationError` if the connection has ended or the task is cancelled.
    public func send(_ bytes: ByteBuffer) async throws { try await send(.binary(bytes)) }

    /// Begins the closing handshake; the connection ends when the client has answered it, or at a deadline.
    ///
    /// `reason` is cut to 123 bytes.
    public func close(_ code: WebSocketCloseCode = .normalClosure, reason: String = "") async {
        await withCheckedContinuation { continuation in
            onLoop {
                self.webSocket.close(code: code, reason: reason)
                continuation.resume()
            }
        }
    }

    // MARK: Sending

    private var eventLoop: any EventLoop { webSocket.eventLoop }

    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
    }

    private func send(_ message: WebSocketMessage) async throws {
        let sender = LoopWaiter<WebSocketMessage, Void>(message)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop {
                    sender.continuation = continuation
                    guard self.closure == nil, !sender.isCancelled else {
                        return sender.resume(.failure(CancellationError()))
                    }
                    self.senders.append(sender)
                    self.drain()
                }
            }
        } onCancel: {
            sender.cancel()
            onLoop { self.dropCancelled() }
        }
    }

    /// Sends waiting messages while the connection has room.
    private func drain() {
        // The connection may become writable again within a call.
        guard !isDraining else { return }
        isDraining = true
        while closure == nil, !senders.isEmpty, webSocket.isWritable {
            let sender = senders.removeFirst()
            switch sender.subject {
            case .text(let text): webSocket.send(text)
            case .binary(let bytes): webSocket.send(binary: bytes)
            }
            sender.resume(.success(()))
        }
        isDraining = false
    }

    private func dropCancelled() {
        let (cancelledSenders, cancelledReaders) = (senders.filter(\.isCancelled), readers.filter(\.isCancelled))
        senders.removeAll(where: \.isCancelled)
        readers.removeAll(where: \.isCancelled)
        for sender in cancelledSenders { sender.resume(.failure(CancellationError())) }
        for reader in cancelledReaders { reader.resume(.failure(CancellationError())) }
    }

    // MARK: Receiving

    /// The next message; nil after a clean end.
    func next() async throws -> WebSocketMessage? {
        let reader = LoopWaiter<Void, WebSocketMessage?>(())
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop {
                    reader.continuation = continuation
                    self.serve(reader)
                }
            }
        } onCancel: {
            reader.cancel()
            onLoop { self.dropCancelled() }
        }
    }

    private func serve(_ reader: LoopWaiter<Void, WebSocketMessage?>) {
        if !inbox.isEmpty {
            let message = inbox.removeFirst()
            waitingBytes -= message.length
            reader.resume(.success(message))
            if isPaused, inbox.count <= Self.maximumWaiting / 2, waitingBytes <= maximumBytes / 2 {
                isPaused = false
                webSocket.resumeReading()
            }
            endTaskAfterClosure()
        } else if let closure {
            reader.resume(closure.isClean ? .success(nil) : .failure(WebSocketClosedError(closure: closure)))
        } else if reader.isCancelled {
            reader.resume(.failure(CancellationError()))
        } else {
            readers.append(reader)
        }
    }

    func run(as task: Task<Void, Never>) {
        self.task = task
        endTaskAfterClosure()
    }

    /// Cancels the task after the connection has ended and all messages have been read.
    private func endTaskAfterClosure() {
        guard closure != nil, inbox.isEmpty else { return }
        task?.cancel()
        task = nil
    }

    /// The code that uses the WebSocket has ended; called from any thread.
    func complete(_ code: WebSocketCloseCode) {
        onLoop {
            self.task = nil
            self.inbox = []
            self.waitingBytes = 0
            self.webSocket.close(code: code, reason: "")
            // The close frame of the client must be read; messages before it are dropped.
            if self.isPaused { self.webSocket.resumeReading() }
            self.isPaused = false
        }
    }
}

/// The events of the connection.
extension WebSocketStream: WebSocketReceiver {
    package func receive(text: ByteBuffer) { receive(.text(String(buffer: text))) }

    package func receive(binary: ByteBuffer) { receive(.binary(binary)) }

    package func receivedPong() { isAlive = true }

    package func writabilityChanged(isWritable: Bool) { if isWritable { drain() } }

    package func closed(_ closure: WebSocketClosure) {
        self.closure = closure
        onEnd?()
        onEnd = nil
        let (senders, readers) = (senders, readers)
        self.senders = []
        self.readers = []
        for sender in senders { sender.resume(.failure(CancellationError())) }
        for reader in readers { serve(reader) }
        endTaskAfterClosure()
    }

    private func receive(_ message: WebSocketMessage) {
        isAlive = true
        if !readers.isEmpty { return readers.removeFirst().resume(.success(message)) }
        inbox.append(message)
        waitingBytes += message.length
        guard !isPaused, inbox.count >= Self.maximumWaiting || waitingBytes >= maximumBytes else { return }
        isPaused = true
        webSocket.pauseReading()
    }
}

/// The messages of one WebSocket.
private struct WebSocketMessages: AsyncSequence, Sendable {
    let stream: WebSocketStream

    struct Iterator: AsyncIteratorProtocol {
        let stream: WebSocketStream

        func next() async throws -> WebSocketMessage? { try await stream.next() }
    }

    func makeAsyncIterator() -> Iterator { Iterator(stream: stream) }
}
