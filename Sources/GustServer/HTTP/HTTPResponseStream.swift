import GustHTTP
import HTTPTypes
import NIOCore

/// Writes one streamed response to its sink, which frames it.
///
/// Used on the loop only.
final class HTTPResponseStream: ServerResponseWriter {
    private enum State { case waiting, writing, ended }

    private let exchange: HTTPExchange
    let executor: LoopExecutor
    var status: HTTPResponse.Status {
        get { currentStatus }
        set { currentStatus = newValue }
    }
    var headers: HTTPFields {
        get { fields.all }
        set { fields.all = newValue }
        _modify { yield &fields.all }
    }
    private var fields: ResponseFields
    var onWritable: (() -> Void)? {
        get { writableHandler }
        // After the end the closure is dropped: it usually holds a reference to this writer.
        set { writableHandler = hasEnded ? nil : newValue }
    }
    var onAbort: (() -> Void)? {
        get { abortHandler }
        set {
            guard hasEnded else { return abortHandler = newValue }
            // Set after the peer has closed the connection: the closure is called at once and dropped.
            if hasPeerLeft { newValue?() }
        }
    }
    var onShutdown: (() -> Void)? {
        get { shutdownHandler }
        set {
            guard !hasEnded else { return }
            shutdownHandler = newValue
            announceShutdown()
        }
    }
    var isChunked: Bool {
        get { mayBeChunked }
        set { mayBeChunked = newValue }
    }
    var trailers: HTTPFields? {
        get { currentTrailers }
        set { currentTrailers = newValue }
    }
    // The exclusivity of these properties isn't checked at run time: they are only loaded and stored, so no two uses can overlap.
    /// nil after the end, because the sink refers to this writer until then.
    @exclusivity(unchecked) private var sink: (any HTTPAnswerSink)?
    @exclusivity(unchecked) private var currentStatus: HTTPResponse.Status
    @exclusivity(unchecked) private var currentTrailers: HTTPFields?
    @exclusivity(unchecked) private var mayBeChunked = true
    @exclusivity(unchecked) private var writableHandler: (() -> Void)?
    @exclusivity(unchecked) private var abortHandler: (() -> Void)?
    @exclusivity(unchecked) private var shutdownHandler: (() -> Void)?
    @exclusivity(unchecked) private var hasPeerLeft = false
    @exclusivity(unchecked) private var state = State.waiting
    /// How many bytes of the declared `Content-Length` have not been written; nil if no length was declared.
    @exclusivity(unchecked) private var promised: Int?

    init(_ response: Response, sink: any HTTPAnswerSink, exchange: HTTPExchange) {
        self.sink = sink
        self.exchange = exchange
        executor = sink.executor
        currentStatus = response.status
        fields = response.fields
    }

    var eventLoop: any EventLoop { executor.eventLoop }

    private var hasEnded: Bool { if case .ended = state { true } else { false } }

    var carriesBody: Bool { exchange.hasBody(status) }

    var isWritable: Bool {
        if case .ended = state { return false }
        return sink?.isWritable ?? false
    }

    var hasPeerFinished: Bool { sink?.hasPeerFinished ?? false }

    func sendInterim(_ status: HTTPResponse.Status, _ headers: HTTPFields) {
        guard case .waiting = state else { return }
        sink?.inform(exchange, status, headers)
    }

    func apply(_ change: PreparedChange) { fields.apply(change) }

    func report(_ error: any Error) { sink?.report(error) }

    func write(_ bytes: ByteBuffer) {
        guard bytes.readableBytes > 0, begin() else { return }
        // The peer would read bytes past the declared length as the next response.
        let count = take(bytes.readableBytes)
        guard count > 0, let bytes = bytes.getSlice(at: bytes.readerIndex, length: count) else { return }
        sink?.write(bytes, for: exchange)
    }

    func write(_ region: FileRegion) {
        guard region.readableBytes > 0, begin() else { return }
        guard take(region.readableBytes) == region.readableBytes else { return abort() }
        sink?.write(region, for: exchange)
    }

    func finish(_ bytes: ByteBuffer, completion: ((Bool) -> Void)?) {
        guard let sink else {
            end()
            completion?(false)
            return
        }
        sink.inOneWrite { finish(bytes, on: sink, completion: completion) }
    }

    private func finish(_ bytes: ByteBuffer, on sink: any HTTPAnswerSink, completion: ((Bool) -> Void)?) {
        // Trailers are behind the last chunk, so a body with trailers is sent in chunks even if its length is known.
        if case .waiting = state, currentTrailers?.isEmpty == false, declaredLength == nil { _ = begin() }
        switch state {
        case .ended:
            completion?(false)
            return
        case .waiting:
            status = status.sendable
            let hasBody = exchange.hasBody(status)
            // A response to HEAD declares the length that a response to GET would have, if that is known (RFC 9110 §8.6).
            let declared = bytes.readableBytes == 0 ? declaredLength ?? undeclaredLength : bytes.readableBytes
            guard declared == bytes.readableBytes || !hasBody else {
                // The declared bytes are missing: the peer can see that only by the closed connection.
                abort()
                completion?(false)
                return
            }
            let body = hasBody ? bytes : ByteBuffer()
            sink.begin(exchange, status, fields, length: declared, endsConnection: false, body: body)
        case .writing:
            write(bytes)
            guard promised ?? 0 == 0 || !exchange.hasBody(status) else {
                // Declared bytes are missing: the peer can see that only by the closed connection.
                abort()
                completion?(false)
                return
            }
        }
        end()
        sink.finish(exchange, trailers: currentTrailers, completion: completion)
    }

    func abort() {
        if case .ended = state { return }
        let sink = sink
        end()
        sink?.breakOff(exchange)
    }

    /// Ends the response and calls ``onAbort``, because the peer has closed the connection.
    func peerLeft() {
        if case .ended = state { return }
        hasPeerLeft = true
        let onAbort = abortHandler
        end()
        onAbort?()
    }

    /// Calls ``onWritable``, because the connection can take more output again.
    func becameWritable() {
        if case .ended = state { return }
        writableHandler?()
    }

    /// Calls ``onShutdown`` if the server is shutting down.
    func announceShutdown() {
        guard sink?.isShuttingDown == true, let onShutdown = shutdownHandler else { return }
        shutdownHandler = nil
        onShutdown()
    }

    private func end() {
        state = .ended
        sink = nil
        shutdownHandler = nil
        abortHandler = nil
        writableHandler = nil
    }

    /// The length of a response without bytes that declares none: 0, but nil for HEAD, whose GET may have a body.
    private var undeclaredLength: Int? { exchange.isHead && !status.isBodiless ? nil : 0 }

    private var declaredLength: Int? {
        // Prepared fields declare none.
        guard case .made(let fields) = fields, fields.has(.contentLength) else { return nil }
        return fields[.contentLength].flatMap { Int($0) }.flatMap { $0 < 0 ? nil : $0 }
    }

    /// Counts bytes of the declared length; returns how many of them may be sent.
    private func take(_ count: Int) -> Int {
        guard let promised else { return count }
        let taken = min(count, promised)
        self.promised = promised - taken
        return taken
    }

    /// Writes the head before the first bytes; false if the response has ended, or has no body.
    private func begin() -> Bool {
        switch state {
        case .ended: return false
        case .writing: break
        case .waiting:
            status = status.sendable
            state = .writing
            promised = declaredLength
            sink?.begin(exchange, status, fields, length: promised, endsConnection: !isChunked, body: ByteBuffer())
        }
        return exchange.hasBody(status)
    }
}
