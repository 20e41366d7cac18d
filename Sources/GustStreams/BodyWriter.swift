import GustHTTP
public import HTTPTypes
public import NIOCore
import Synchronization

/// Writes the body of one streamed response from asynchronous code; see `Response.init(status:headers:type:untilShutdown:stream:)`.
///
/// All methods may be called from any thread and from several tasks. Each piece is sent as a whole, in the order of the calls.
///
/// `@unchecked Sendable`: the state belongs to the loop of the connection, and every access first hops to the loop or is on it.
public final class BodyWriter: @unchecked Sendable {
    private let writer: any ResponseWriter
    let eventLoop: any EventLoop
    /// The pieces that wait until the connection has room, in order.
    private var waiting: [LoopWaiter<ByteBuffer, Void>] = []
    private var isDraining = false
    private var hasEnded = false
    /// Whether a piece has been written.
    private(set) var hasBegun = false
    /// Bytes that are sent in front of the first piece.
    private var preamble: ByteBuffer?
    /// When the last piece was written.
    private(set) var lastWrite: NIODeadline
    /// The task that writes the body; cancelled if the response ends before it.
    private var task: Task<Void, Never>?
    /// Called when the response ends.
    private var onEnd: (() -> Void)?

    init(_ writer: any ResponseWriter, preamble: ByteBuffer? = nil) {
        self.writer = writer
        self.preamble = preamble
        eventLoop = writer.eventLoop
        lastWrite = eventLoop.now
        writer.onAbort = { [weak self] in self?.end() }
        writer.onWritable = { [weak self] in self?.drain() }
    }

    /// Sends bytes.
    ///
    /// If the client reads more slowly than the body is written, this method waits until the connection has room. So in
    /// memory there are at most the piece of each waiting call and the high-water mark of the connection (64 KiB).
    /// - Parameter bytes: The bytes, possibly none.
    /// - Throws: `CancellationError` if the client has disconnected, if the task is cancelled, or if the response has ended.
    public func write(_ bytes: ByteBuffer) async throws {
        if eventLoop.inEventLoop, try writeNow(bytes) { return }
        let piece = LoopWaiter<ByteBuffer, Void>(bytes)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                onLoop { self.append(piece, continuation) }
            }
        } onCancel: {
            piece.cancel()
            onLoop { self.dropCancelled() }
        }
    }

    /// Sends text as UTF-8; see ``write(_:)-(ByteBuffer)``.
    ///
    /// - Throws: `CancellationError` if the client has disconnected, if the task is cancelled, or if the response has ended.
    public func write(_ text: String) async throws {
        try await write(ByteBuffer(string: text))
    }

    /// Sends an interim response 103 with fields that help the client to prepare, such as `Link` with `rel=preload` (RFC 8297).
    ///
    /// It has an effect only before the first piece. A client of HTTP/1.0 gets none. A proxy may drop it: nginx forwards it since
    /// 1.29 if it is configured to.
    public func sendEarlyHints(_ headers: HTTPFields) async {
        await perform { writer in
            writer?.sendInterim(HTTPResponse.Status(code: 103, reasonPhrase: "Early Hints"), headers)
        }
    }

    /// Sets the trailer fields, which are sent at the end of the response (RFC 9110 §6.5).
    ///
    /// They replace those that were set before. Browsers and many proxies drop trailers, so they are no place for what the client
    /// must know. They aren't sent with a `Content-Length` and to a client of HTTP/1.0. Fields that RFC 9110 §6.5.1 excludes,
    /// such as `Set-Cookie`, are left out.
    public func setTrailers(_ trailers: HTTPFields) async {
        await perform { writer in writer?.trailers = trailers }
    }

    private func perform(_ body: @escaping @Sendable ((any ServerResponseWriter)?) -> Void) async {
        await withCheckedContinuation { continuation in
            onLoop {
                if !self.hasEnded { body(self.writer as? any ServerResponseWriter) }
                continuation.resume()
            }
        }
    }

    // MARK: The loop

    /// Calls `body` on the loop; at once if the caller is on it.
    private func onLoop(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop { body() } else { eventLoop.execute(body) }
    }

    /// Writes a piece if the connection has room and no other piece waits; `false` if the piece must wait.
    private func writeNow(_ bytes: ByteBuffer) throws -> Bool {
        guard !hasEnded, !Task.isCancelled else { throw CancellationError() }
        guard waiting.isEmpty, !isDraining, writer.isWritable else { return false }
        isDraining = true
        hand(over: bytes)
        isDraining = false
        if !waiting.isEmpty { drain() }
        if hasEnded { throw CancellationError() }
        return true
    }

    private func append(_ piece: LoopWaiter<ByteBuffer, Void>, _ continuation: CheckedContinuation<Void, any Error>) {
        guard !hasEnded, !piece.isCancelled else { return continuation.resume(throwing: CancellationError()) }
        piece.continuation = continuation
        waiting.append(piece)
        drain()
    }

    /// Writes waiting pieces while the connection has room.
    private func drain() {
        // The connection may become writable again within a write.
        guard !isDraining else { return }
        isDraining = true
        while !hasEnded, !waiting.isEmpty, writer.isWritable {
            let piece = waiting.removeFirst()
            hand(over: piece.subject)
            piece.resume(hasEnded ? .failure(CancellationError()) : .success(()))
        }
        isDraining = false
    }

    private func hand(over bytes: ByteBuffer) {
        lastWrite = eventLoop.now
        hasBegun = true
        guard (writer as? any ServerResponseWriter)?.carriesBody ?? true else {
            // A response without a body ends with its head, and the code that writes the body may never end by itself.
            writer.finish()
            return end()
        }
        guard var first = preamble else { return writer.write(bytes) }
        preamble = nil
        first.writeImmutableBuffer(bytes)
        writer.write(first)
    }

    private func dropCancelled() {
        let cancelled = waiting.filter(\.isCancelled)
        guard !cancelled.isEmpty else { return }
        waiting.removeAll(where: \.isCancelled)
        for piece in cancelled { piece.resume(.failure(CancellationError())) }
    }

    /// Writes bytes that may be left out, such as a heartbeat, if the connection has room.
    func writeIfIdle(_ bytes: ByteBuffer) {
        guard !hasEnded, waiting.isEmpty, !isDraining, writer.isWritable else { return }
        hand(over: bytes)
    }

    // MARK: The end

    /// Whether the response has ended.
    var isOver: Bool { hasEnded }

    /// Keeps the task that writes the body, and with `untilShutdown` ends the response when the server shuts down.
    func run(as task: Task<Void, Never>, untilShutdown: Bool) {
        guard !hasEnded else { return task.cancel() }
        self.task = task
        if untilShutdown { (writer as? any ServerResponseWriter)?.onShutdown = { [weak self] in self?.finish() } }
    }

    /// Ends the response with the outcome of the code that wrote the body; may be called from any thread.
    func complete(_ outcome: Result<Void, any Error>) {
        onLoop {
            guard !self.hasEnded else { return }
            self.task = nil
            switch outcome {
            case .success: self.finish()
            case .failure(let error): self.fail(error)
            }
        }
    }

    private func finish() {
        guard !hasEnded else { return }
        writer.finish()
        end()
    }

    private func fail(_ error: any Error) {
        let server = writer as? any ServerResponseWriter
        guard !hasBegun else {
            if !(error is CancellationError) { server?.report(error) }
            writer.abort()
            return end()
        }
        let failure = error as? HTTPError
        if failure == nil { server?.report(error) }
        let response = (failure ?? HTTPError(.internalServerError)).response
        writer.status = response.status
        writer.headers = response.headers
        if case .bytes(let bytes) = response.body { writer.finish(bytes) } else { writer.finish() }
        end()
    }

    /// Cancels the task and all waiting calls, because nothing can be written any more.
    private func end() {
        guard !hasEnded else { return }
        hasEnded = true
        let (task, pieces) = (task, waiting)
        self.task = nil
        waiting = []
        for piece in pieces { piece.resume(.failure(CancellationError())) }
        task?.cancel()
        onEnd?()
        onEnd = nil
    }

    /// Sets the closure that is called when the response ends, in place of an earlier one.
    func whenEnded(_ body: @escaping () -> Void) { onEnd = body }

    /// Counts as a write for heartbeats.
    func touch() { lastWrite = eventLoop.now }
}
