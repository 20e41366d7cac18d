public import GustHTTP
public import NIOCore

/// The client's end of a WebSocket in memory.
///
/// `@unchecked Sendable`: its state is used on the client's loop only; every public method hops there first.
public final class TestWebSocket: @unchecked Sendable {
    /// What the server sent.
    public enum Message: Sendable, Hashable {
        /// A text message.
        case text(String)
        /// A binary message.
        case binary(ByteBuffer)
        /// The closing handshake; nil is an empty close frame.
        case close(WebSocketCloseCode?)
    }

    private let client: TestClient
    private let server: ServerEnd
    private var receiver: (any WebSocketReceiver)?

    init(client: TestClient) {
        self.client = client
        server = ServerEnd(eventLoop: client.eventLoop)
    }

    /// Hands the server's end to the handler.
    ///
    /// On the loop.
    func open(_ upgrade: WebSocketUpgrade) {
        receiver = upgrade.open(server)
    }

    /// Sends a text message.
    public func send(_ text: String) async throws {
        try await deliver { $0.receive(text: ByteBuffer(string: text)) }
    }

    /// Sends a binary message.
    public func send(_ bytes: ByteBuffer) async throws {
        try await deliver { $0.receive(binary: bytes) }
    }

    /// Closes, as a client does that goes away.
    public func close(_ code: WebSocketCloseCode? = .normalClosure) async throws {
        try await client.onLoop { self.end(WebSocketClosure(code: code, isClean: true)) }
    }

    /// Waits for the next message.
    ///
    /// - Returns: the message.
    /// - Throws: ``TestError/timedOut(_:)`` if none comes.
    public func next() async throws -> Message {
        try await client.wait(for: "a WebSocket message") { self.server.take() }
    }

    /// The next message, if one is there.
    public func nextIfAny() async throws -> Message? {
        try await client.onLoop { self.server.take() }
    }

    /// Says that the peer takes no more output, or does again: what a slow reader does to a server.
    public func setWritable(_ isWritable: Bool) async throws {
        try await client.onLoop {
            self.server.isWritable = isWritable
            self.receiver?.writabilityChanged(isWritable: isWritable)
        }
    }

    private func deliver(_ body: @escaping @Sendable (any WebSocketReceiver) -> Void) async throws {
        try await client.onLoop {
            guard let receiver = self.receiver, !self.server.isClosed else { throw TestError.closed }
            self.server.whenReading {
                body(receiver)
                receiver.receiveComplete()
            }
            // The client answers a close at once, as browsers do.
            if self.server.isClosed { self.end(WebSocketClosure(code: nil, isClean: true)) }
        }
    }

    private func end(_ closure: WebSocketClosure) {
        server.isClosed = true
        let receiver = receiver
        self.receiver = nil
        receiver?.closed(closure)
    }

    /// What the handler writes to.
    private final class ServerEnd: WebSocket {
        let eventLoop: any EventLoop
        var isWritable = true
        var isClosed = false
        private var sent: [Message] = []
        private var isPaused = false
        private var waiting: [() -> Void] = []

        init(eventLoop: any EventLoop) {
            self.eventLoop = eventLoop
        }

        var bufferedBytes: Int { 0 }

        func take() -> Message? { sent.isEmpty ? nil : sent.removeFirst() }

        func send(text: ByteBuffer) { append(.text(String(buffer: text))) }
        func send(binary: ByteBuffer) { append(.binary(binary)) }
        func send(_ message: PreparedMessage) {
            if message.isText { send(text: message.payload) } else { send(binary: message.payload) }
        }
        func flush() {}
        func ping(_ payload: ByteBuffer) {}
        func close(code: WebSocketCloseCode?, reason: String) {
            append(.close(code))
            isClosed = true
        }
        func abort() { isClosed = true }
        func pauseReading() { isPaused = true }
        func resumeReading() {
            isPaused = false
            while !isPaused, !waiting.isEmpty { waiting.removeFirst()() }
        }

        func whenReading(_ body: @escaping () -> Void) {
            if isPaused { waiting.append(body) } else { body() }
        }

        private func append(_ message: Message) {
            guard !isClosed else { return }
            sent.append(message)
        }
    }
}
