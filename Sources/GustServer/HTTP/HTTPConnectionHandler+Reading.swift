import GustHTTP
import HTTPTypes
import NIOCore

/// Reads requests out of the received bytes, one at a time.
extension HTTPConnectionHandler {
    var shouldRead: Bool {
        machine.mayRead(waiting: input.readableBytes, isWritable: isWritable)
    }

    func resumeReading() {
        guard hasPendingRead, shouldRead else { return }
        hasPendingRead = false
        context?.read()
    }

    /// Reads requests from the buffer until more bytes are needed, or until a response has to be completed first.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        do throws(HTTPParseError) {
            while try processNext() {}
        } catch {
            refusal = error
            handle(.malformed)
        }
        isProcessing = false
        // An idle connection holds no read buffer.
        if input.readableBytes == 0 { input = ByteBuffer() }
    }

    /// Reads one head or one piece of a body; false if the buffer has neither.
    private func processNext() throws(HTTPParseError) -> Bool {
        if bodyReader != nil {
            guard machine.takesBody else { return false }
            return try readBody()
        }
        guard machine.isWaiting, hasRoomForAnswer() else { return false }
        if exchangeCount == 0, input.getInteger(at: input.readerIndex) == FlashPolicyRequest.firstByte {
            return try answerFlash()
        }
        guard input.readableBytes > 0, let head = try parser.parse(&input, from: origin) else {
            if input.readableBytes > 0 || machine.isInputClosed { starve() }
            return false
        }
        begin(head)
        return true
    }

    private func starve() {
        handle(.starved(hasInput: input.readableBytes > 0))
    }

    /// Whether one more request may be answered: responses to a peer that never reads would fill the memory.
    private func hasRoomForAnswer() -> Bool {
        if let output, output.readableBytes >= Self.maximumCollected { flushOutput() }
        return isWritable
    }

    /// Hands bytes of the body to its reader; false if more bytes are needed.
    private func readBody() throws(HTTPParseError) -> Bool {
        guard let piece = try bodyReader?.read(&input) else {
            starve()
            return false
        }
        switch piece {
        case .bytes(let bytes):
            let step = machine.handle(.bodyBytes(bytes.readableBytes))
            guard step.action != .deliver else {
                parts.body?.receive(.bytes(bytes))
                return true
            }
            execute(step)
        case .end:
            bodyReader = nil
            let step = machine.handle(.bodyEnd)
            change(step.deadline)
            if step.action == .deliver { parts.body?.receive(.end) }
        }
        return true
    }

    /// Answers a Flash policy request, and closes.
    private func answerFlash() throws(HTTPParseError) -> Bool {
        guard let policy = server.flashPolicy else { throw .bad("the request line has no method") }
        switch FlashPolicyRequest.match(input) {
        case .no: throw .bad("neither an HTTP request nor a Flash policy request")
        case .begun: starve()
        case .whole:
            write { $0.writeImmutableBuffer(policy.answer) }
            // A NUL may follow, which is read and dropped.
            handle(.refusalEnds)
        }
        return false
    }

    private func begin(_ head: consuming HTTPRequestHead) {
        exchangeCount += 1
        let exchange = HTTPExchange(
            exchangeCount,
            isVersion11: head.isVersion11,
            isHead: head.request.method == .head,
            hasRequestBody: head.body != .none
        )
        self.exchange = exchange
        // In place: the request has no other reference to its contents yet, so they aren't copied.
        if let reader = HTTPBodyReader(head.body) { head.request.body = body(head.body, reader, exchange) }
        let step = machine.handle(
            .request(
                keepsAlive: head.keepsAlive,
                hasBody: bodyReader != nil,
                awaitsContinue: head.expectsContinue
            )
        )
        change(step.deadline)
        answer(head.request, exchange)
    }

    /// The body: bytes if all of it has been received, otherwise a stream.
    private func body(
        _ framing: HTTPRequestHead.Body,
        _ reader: HTTPBodyReader,
        _ exchange: HTTPExchange
    ) -> RequestBody {
        if case .length(let length) = framing, let bytes = input.readSlice(length: length) {
            return RequestBody(bytes)
        }
        let stream = RequestBodyStream(eventLoop: loop.executor.eventLoop)
        parts.body = stream
        bodyReader = reader
        stream.onDemand = { [weak self] isWanted in
            guard let self, self.exchange == exchange else { return }
            handle(.bodyDemand(isWanted: isWanted))
        }
        return RequestBody(stream)
    }
}
