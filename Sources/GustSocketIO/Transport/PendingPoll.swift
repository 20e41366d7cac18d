import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// A poll that waits for its answer, perhaps on another loop than the connection's.
///
/// `@unchecked Sendable`: the mutable properties are used on the writer's loop only; every method hops there first. So they need no
/// exclusivity checks at run time either: each use is a load or a store.
final class PendingPoll: @unchecked Sendable {
    let connection: Connection
    private let loop: any EventLoop
    private let envelope: Envelope
    /// The parameter `t` of the request; see ``RequestRepetition``.
    let stamp: ByteText?
    private let encoding: PollEncoding?
    /// nil until ``begin(_:_:)``, and after the poll was answered: a writer may keep the completion of the answer, which refers to this object,
    /// and it would keep a closure that is set afterwards.
    @exclusivity(unchecked) private var writer: (any ResponseWriter)?
    @exclusivity(unchecked) private var isAborted = false
    /// The frames of the answer, until it is known whether they were sent.
    @exclusivity(unchecked) private var delivery: PollDelivery?

    /// Makes a poll of a connection; its response is written on `loop`.
    init(of connection: Connection, _ address: borrowing Address, on loop: any EventLoop, encoding: PollEncoding? = nil)
    {
        self.connection = connection
        self.encoding = encoding
        self.loop = loop
        envelope = address.envelope
        stamp = address.stamp.map { ByteText($0) }
    }

    /// The response to a poll of a connection that has been opened before.
    func response() -> Response {
        // A closure that refers to one object is no allocation.
        Response(prepared: .none, .body(.stream { self.begin($0, PollingExchange.attach) }))
    }

    /// The response, whose writer the poll gets by ``begin(_:_:)`` when the response is sent.
    ///
    /// `attach` is called on the connection's loop.
    func response(_ attach: @escaping @Sendable (PendingPoll, Connection) -> Void) -> Response {
        Response(body: .stream { self.begin($0, attach) })
    }

    /// Takes the writer of the response, and calls `attach` on the connection's loop; called on the writer's loop.
    ///
    /// A poll that has to reach its connection on another loop observes the client from the start, because the client may leave before.
    func begin(_ writer: any ResponseWriter, _ attach: @escaping @Sendable (PendingPoll, Connection) -> Void) {
        self.writer = writer
        guard !connection.isOnLoop else { return attach(self, connection) }
        writer.onAbort = { self.isAborted = true }
        connection.run { attach(self, $0) }
    }

    /// Answers with a payload.
    ///
    /// - Parameters:
    ///   - payload: the payload.
    ///   - isBinary: whether the payload is binary.
    ///   - delivery: the frames of the payload, which get a report of whether they were sent; nil if nobody needs the report.
    ///   - unlessHalfClosed: whether the payload is withheld from a client that has shut down its side for writing: the client has
    ///     probably left, and will fetch the payload by another poll.
    func answer(_ payload: ByteBuffer, isBinary: Bool, _ delivery: PollDelivery?, unlessHalfClosed: Bool) {
        // Not by `onLoop`: a closure of this size isn't inlined and would be allocated for each poll.
        guard loop.inEventLoop else {
            return loop.execute {
                self.send(payload, isBinary: isBinary, delivery, unlessHalfClosed: unlessHalfClosed)
            }
        }
        send(payload, isBinary: isBinary, delivery, unlessHalfClosed: unlessHalfClosed)
    }

    private func send(_ payload: ByteBuffer, isBinary: Bool, _ delivery: PollDelivery?, unlessHalfClosed: Bool) {
        guard let writer = takeWriter() else { return }
        self.delivery = delivery
        if unlessHalfClosed, writer.hasPeerFinished {
            writer.abort()
            return report(isSent: false)
        }
        var body = isBinary ? payload : envelope.wrap(payload)
        if let encoding, encoding.concerns(body) { body = encoding.encoded(body, &writer.headers) }
        if !isBinary, envelope === Envelope.plain {
            writer.make(PollingFields.poll)
        } else {
            writer.headers[.contentType] = isBinary ? "application/octet-stream" : envelope.contentType
            writer.headers[.cacheControl] = "no-store"
        }
        // A closure with one reference is no allocation.
        if delivery == nil { writer.finish(body) } else { writer.finish(body) { self.report(isSent: $0) } }
    }

    /// Reports whether the answer was sent; called on the writer's loop.
    private func report(isSent: Bool) {
        guard let delivery else { return }
        self.delivery = nil
        // Not by `run` on the loop, which would allocate a closure for each poll.
        guard !connection.isOnLoop else { return delivery.report(isSent: isSent, connection) }
        connection.run { delivery.report(isSent: isSent, $0) }
    }

    /// Answers with a status and no body.
    func refuse(_ status: HTTPResponse.Status) {
        onLoop { poll in
            let writer = poll.takeWriter()
            writer?.status = status
            writer?.finish()
        }
    }

    /// Answers with a refusal.
    func refuse(_ refusal: RefusalBody) {
        onLoop { poll in
            let writer = poll.takeWriter()
            writer?.status = refusal.httpStatus
            writer?.headers[.contentType] = refusal.contentType
            writer?.finish(refusal.body)
        }
    }

    /// Closes the TCP connection of the poll at once.
    func abort() {
        onLoop { $0.takeWriter()?.abort() }
    }

    /// Tells the connection when the client aborts the poll; at once if it has aborted already.
    func watch() {
        guard loop.inEventLoop else { return loop.execute { self.watch() } }
        guard !isAborted else { return tellAbort() }
        writer?.onAbort = { self.tellAbort() }
    }

    /// The writer, for the one who answers the poll.
    private func takeWriter() -> (any ResponseWriter)? {
        let taken = writer
        writer = nil
        return taken
    }

    private func tellAbort() {
        connection.run { PollingExchange.aborted(self, of: $0) }
    }

    private func onLoop(_ body: @escaping @Sendable (PendingPoll) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }
}
