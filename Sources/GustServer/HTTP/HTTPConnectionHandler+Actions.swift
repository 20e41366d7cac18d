import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// Executes the actions of the state machine.
extension HTTPConnectionHandler {
    /// Reports an event and executes the action.
    func handle(_ event: HTTPExchangeStateMachine.Event) {
        execute(machine.handle(event))
    }

    func execute(_ step: HTTPExchangeStateMachine.Step) {
        change(step.deadline)
        switch step.action {
        case .none, .answer, .deliver: break
        case .proceed: proceed()
        case .goOn:
            write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }
            proceed()
        case .failBody(let failure): failBody(failure)
        case .refuse: refuse(refusal)
        case .closeOutput: closeOutput()
        case .linger: resumeReading()
        case .abort: context?.close(mode: .all, promise: nil)
        case .leave: leave()
        }
    }

    func change(_ change: HTTPExchangeStateMachine.Change) {
        switch change {
        case .keep: break
        case .begin(let kind): begin(kind)
        case .end(let kind): deadlines.end(kind)
        // The timer stays scheduled for the next deadline.
        case .cancel: deadlines.endAll()
        }
    }

    private func begin(_ kind: ConnectionDeadlines.Kind) {
        // A deadline that is set after the end of the connection would keep this object until the deadline passes.
        guard let context, machine.state != .over else { return }
        if kind == .write { unsentBytes = bufferedBytes }
        // A strong reference, which `handlerRemoved` ends: a weak one would make each retain of this object slow.
        deadlines.begin(kind, on: context.eventLoop, missed: { kind in self.missed(kind) })
    }

    private func missed(_ kind: ConnectionDeadlines.Kind) {
        // A long response to a slow peer is one write: as long as unsent bytes become fewer, the peer is reading.
        if kind == .write, bufferedBytes < unsentBytes { return begin(.write) }
        refusal = HTTPParseError(.requestTimeout, "the request's head took too long")
        handle(.missed(kind))
    }

    var bufferedBytes: Int {
        guard let options else { return 0 }
        return ((try? options.getOption(.bufferedWritableBytes)) ?? 0) + (fileReading?.remaining ?? 0)
    }

    func proceed() {
        if !isProcessing { process() }
        resumeReading()
    }

    private func failBody(_ failure: HTTPExchangeStateMachine.BodyFailure) {
        bodyReader = nil
        let error =
            switch failure {
            case .malformed: HTTPError(refusal.status, refusal.message)
            case .truncated: HTTPError(.badRequest, "the connection ended before the end of the body")
            case .timeout: HTTPError(.requestTimeout, "the body stood still")
            }
        parts.body?.receive(.failure(error))
    }

    /// Answers a request that can't be read, and closes: the bytes after it can't be read either.
    private func refuse(_ error: HTTPParseError) {
        server.logger.debug(
            "refused a request",
            metadata: ["status": "\(error.status.code)", "why": "\(error.message)"]
        )
        let body = ByteBuffer(string: error.message)
        writeHead(error.status, .prepared(.plainTextOnly), .length(body.readableBytes), .abandoned)
        write(body: body)
        handle(.refusalEnds)
    }

    /// Sends the written output, then shuts the socket down for writing.
    ///
    /// If the peer may still be sending, its bytes are read and dropped until the linger deadline: the operating system answers unread
    /// bytes with a reset, and after a reset the peer could lose the response (RFC 9112 §9.6).
    private func closeOutput() {
        guard let context else { return }
        bodyReader = nil
        input = ByteBuffer()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.handle(.outputClosed) }
        guard machine.isInputClosed else {
            flushOutput()
            // The deadline is set again, because only now all unsent bytes are counted.
            begin(.write)
            return context.close(mode: .output, promise: promise)
        }
        // If the input is closed already, the channel would close at once and drop unsent output.
        flushOutput()
        begin(.write)
        write(.byteBuffer(ByteBuffer()), promise)
        context.flush()
    }

    /// Ends the body, the writer and the task of the current request, because the peer has closed the connection.
    private func leave() {
        deadlines.cancel()
        let parts = parts
        exchange = nil
        self.parts = HTTPExchangeParts()
        bodyReader = nil
        parts.body?.receive(.failure(HTTPError(.badRequest, "the connection ended before the end of the body")))
        parts.stream?.peerLeft()
        parts.task?.cancel()
        endConfirmations(with: false)
    }
}

extension HTTPConnectionHandler: ShutdownParticipant {
    var awaitsFirstRequest: Bool { exchangeCount == 0 }

    func beginDraining() { handle(.drain) }

    func beginShutdown() {
        handle(.shutdown(hasInput: parser.isInsideHead || input.readableBytes > 0))
        parts.stream?.announceShutdown()
    }
}
