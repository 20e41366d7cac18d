package import GustHTTP
import HTTPTypes
import Logging
package import NIOCore

/// One request and its response on a stream of its own, as HTTP/2 has them.
///
/// The exchange is answered in the same way as on a connection of HTTP/1.1: by the same state machine, with the same deadlines and the
/// same writer of streamed responses. Its owner hands over what was received, and writes what the exchange gives to its output. Used
/// on the loop only.
package final class HTTPStreamExchange: HTTPAnswerer {
    /// How many bytes of a streamed response may wait for the peer before its writer has to stop.
    static let maximumUnsent = 64 * 1_024

    let server: HTTPServerShared
    let loop: LoopContext
    let stream: Int
    /// Nil after the end of the stream.
    var output: (any HTTPStreamOutput)?
    @exclusivity(unchecked) var machine: HTTPExchangeStateMachine
    @exclusivity(unchecked) var exchange: HTTPExchange?
    @exclusivity(unchecked) var parts = HTTPExchangeParts()

    // The request's body.

    /// How many bytes of the body the peer may still send; the output of the stream keeps it.
    package var window: Int?
    /// What was received before the reader of the body demanded it; the flow control of the stream bounds its length.
    var received = ByteBuffer()
    /// Whether the peer has sent the end of the body.
    package internal(set) var hasReceivedEnd = false

    // The response.

    /// The head of the response, until the first bytes of the body or the end are known.
    var pendingHead: (status: HTTPResponse.Status, fields: HTTPFields, length: Int?)?
    /// The bytes that are written at the end of the present call of ``inOneWrite(_:)``.
    var collected: ByteBuffer?
    var isCollecting = false
    /// How many bytes of a streamed response were written and haven't been sent.
    var unsentBytes = 0
    /// The parts of files, and what was written after the first of them.
    var files: StreamedFiles?
    /// The fields behind the body; nil if there are none.
    var trailers: HTTPFields?
    /// Whether the response can't be completed.
    var isBroken = false
    /// Whether the server is shutting down.
    private(set) var isShuttingDown = false

    /// What the exchange waits for, and until when.
    var deadline: (kind: ConnectionDeadlines.Kind, end: NIODeadline)?
    /// Whether bytes were sent since the deadline of the output began.
    private var hasProgressed = false

    init(_ server: HTTPServerShared, _ loop: LoopContext, _ stream: Int, _ output: any HTTPStreamOutput) {
        self.server = server
        self.loop = loop
        self.stream = stream
        self.output = output
        machine = HTTPExchangeStateMachine(
            drainLength: server.limits.drainLength,
            bodyProgress: server.limits.bodyProgress
        )
    }

    // MARK: Events

    /// Answers a request.
    package func receive(_ head: HTTPStreamHead, peer: Peer, storage: RequestStorage) {
        let exchange = HTTPExchange(1, isVersion11: true, isHead: head.method == .head, hasRequestBody: head.hasBody)
        self.exchange = exchange
        var request = Request(
            method: head.method,
            target: head.target,
            headers: head.fields,
            peer: peer,
            storage: storage,
            executor: loop.executor
        )
        if head.hasBody {
            let body = RequestBodyStream(eventLoop: eventLoop)
            parts.body = body
            body.onDemand = { [weak self] isWanted in
                guard let self, self.exchange == exchange else { return }
                handle(.bodyDemand(isWanted: isWanted))
            }
            request.body = RequestBody(body)
        } else {
            hasReceivedEnd = true
        }
        let event = HTTPExchangeStateMachine.Event.request(
            keepsAlive: false,
            hasBody: head.hasBody,
            awaitsContinue: head.expectsContinue
        )
        change(machine.handle(event).deadline)
        answer(request, exchange)
    }

    /// Answers a request that can't be read.
    package func refuse(_ error: HTTPParseError, hasBody: Bool) {
        server.logger.debug(
            "refused a request",
            metadata: ["status": "\(error.status.code)", "why": "\(error.message)"]
        )
        hasReceivedEnd = !hasBody
        let body = ByteBuffer(string: error.message)
        output?.writeHead(
            error.status,
            PreparedFields.plainTextOnly.fields,
            length: body.readableBytes,
            date: loop.date,
            endsStream: false,
            on: stream
        )
        endOutput(body, nil)
        begin(.write)
        output?.flush()
    }

    /// Takes bytes of the body.
    package func receive(_ bytes: ByteBuffer) {
        guard takesBody else { return }
        received.writeImmutableBuffer(bytes)
        output?.hold(bytes.readableBytes, on: stream)
        drainInput()
    }

    /// Takes the end of the request.
    package func receiveEnd() {
        hasReceivedEnd = true
        drainInput()
    }

    /// The connection can take more output, or can't any more.
    package func connectionWritabilityChanged() {
        // Without a streamed response, nothing depends on it.
        guard parts.stream != nil else { return }
        writabilityChanged()
    }

    /// Bytes of the stream were sent.
    package func progressed() { hasProgressed = true }

    /// The server is shutting down: a streamed response that doesn't end by itself ends now.
    package func beginShutdown() {
        isShuttingDown = true
        parts.stream?.announceShutdown()
    }

    /// The stream has ended: its response was sent in full, or the peer or the server has reset it.
    package func ended() {
        execute(machine.handle(.inactive))
        output = nil
    }

    /// The time at which the exchange has to be looked at; nil if it waits for nothing.
    package var nextDeadline: NIODeadline? { deadline?.end }

    /// Ends what has taken too long.
    package func check(now: NIODeadline) {
        guard let deadline, deadline.end <= now else { return }
        self.deadline = nil
        if deadline.kind == .write, hasProgressed { return begin(.write) }
        handle(.missed(deadline.kind))
    }

    func begin(_ kind: ConnectionDeadlines.Kind) {
        guard machine.state != .over else { return }
        if kind == .write { hasProgressed = false }
        let end = eventLoop.now + server.timeouts[kind]
        deadline = (kind, end)
        output?.wait(until: end)
    }

    // MARK: The body

    /// Whether bytes of the body may still be read.
    var takesBody: Bool {
        if case .answering(let exchange) = machine.state { exchange.body != .none } else { false }
    }

    /// Hands received bytes to the reader of the body, as many as it demands.
    func drainInput() {
        while machine.takesBody {
            if received.readableBytes > 0 {
                let bytes = received
                received = ByteBuffer()
                let step = machine.handle(.bodyBytes(bytes.readableBytes))
                output?.hold(-bytes.readableBytes, on: stream)
                guard step.action == .deliver else { return execute(step) }
                parts.body?.receive(.bytes(bytes))
            } else if hasReceivedEnd {
                let step = machine.handle(.bodyEnd)
                change(step.deadline)
                if step.action == .deliver { parts.body?.receive(.end) }
                return
            } else {
                return handle(.starved(hasInput: false))
            }
        }
    }

    /// Drops the bytes that wait for their reader.
    func dropInput() {
        let count = received.readableBytes
        received = ByteBuffer()
        if count > 0 { output?.hold(-count, on: stream) }
    }

    /// How many bytes of the body wait for their reader.
    package var heldBytes: Int { received.readableBytes }
}
