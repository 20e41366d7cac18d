import GustHTTP
import HTTPTypes
import NIOCore

/// Requests out of the bytes, one at a time.
extension HTTPConnectionHandler {
    var shouldRead: Bool {
        guard !hasUpgraded, !isLingering else { return true }
        if bodyReader != nil { return wantsBody || drainRemaining != nil }
        return exchange == nil ? isWritable : input.readableBytes < Self.maximumPipelined
    }

    func resumeReading() {
        guard hasPendingRead, shouldRead else { return }
        hasPendingRead = false
        context?.read()
    }

    /// Goes through the buffer until it needs more bytes, or an answer to end.
    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer {
            isProcessing = false
            // An idle connection holds no read buffer.
            if input.readableBytes == 0 { input = ByteBuffer() }
        }
        do throws(HTTPParseError) {
            while !isClosing, !hasUpgraded {
                if bodyReader != nil {
                    guard try readBody() else { return }
                } else if exchange == nil {
                    guard hasRoomForAnswer() else { return }
                    if input.getInteger(at: input.readerIndex) == FlashPolicyRequest.firstByte {
                        return try answerFlash()
                    }
                    guard let head = try parser.parse(&input) else {
                        if input.readableBytes > 0, deadlines.current != .head { expect(.head) }
                        return
                    }
                    begin(head)
                } else {
                    return
                }
            }
        } catch {
            refuse(error)
        }
    }

    /// Whether one more answer may be made: a peer that only asks and never reads would fill the memory.
    func hasRoomForAnswer() -> Bool {
        if let output, output.readableBytes >= Self.maximumCollected { flushOutput() }
        return isWritable
    }

    /// Feeds the body to its reader; false if more bytes are needed first.
    func readBody() throws(HTTPParseError) -> Bool {
        guard wantsBody || drainRemaining != nil else { return false }
        guard let piece = try bodyReader?.read(&input) else {
            expectBody()
            return false
        }
        switch piece {
        case .bytes(let bytes):
            bodyProgress += bytes.readableBytes
            if let remaining = drainRemaining {
                drainRemaining = remaining - bytes.readableBytes
                if remaining < bytes.readableBytes { close() }
            } else {
                exchange?.body?.receive(.bytes(bytes))
            }
        case .end:
            bodyReader = nil
            drainRemaining = nil
            deadlines.end(.body)
            exchange?.body?.receive(.end)
            if exchange == nil { expect(.request) }
        }
        return true
    }

    /// Waits for more of the body; a few bytes don't prolong the time for them.
    func expectBody() {
        guard deadlines.current != .body || bodyProgress >= server.limits.bodyProgress else { return }
        bodyProgress = 0
        expect(.body)
    }

    /// Answers a Flash movie that wants to know whether it may connect, and closes.
    func answerFlash() throws(HTTPParseError) {
        guard let policy = server.flashPolicy, !hasBegun else { throw .bad("the request line has no method") }
        switch FlashPolicyRequest.match(input) {
        case .no: throw .bad("neither a request of HTTP nor one for a Flash policy")
        case .begun: if deadlines.current != .head { expect(.head) }
        case .whole:
            write { $0.writeImmutableBuffer(policy.answer) }
            // A NUL may follow.
            lingersAtEnd = true
            close()
        }
    }

    func begin(_ head: HTTPRequestHead) {
        deadlines.end(.head)
        deadlines.end(.request)
        let exchange = HTTPExchange(head)
        if loop.isShuttingDown { exchange.keepsAlive = false }
        self.exchange = exchange
        hasBegun = true
        var request = Request(
            method: head.method,
            target: head.target,
            headers: head.fields,
            body: RequestBody(),
            peer: peer,
            executor: loop.executor
        )
        if let reader = HTTPBodyReader(head.body) { request.body = receiveBody(reader, head, exchange) }
        answer(request, exchange)
    }

    func receiveBody(_ reader: HTTPBodyReader, _ head: HTTPRequestHead, _ exchange: HTTPExchange) -> RequestBody {
        if case .length(let length) = head.body, let bytes = input.readSlice(length: length) {
            return RequestBody(bytes)
        }
        let stream = RequestBodyStream(eventLoop: loop.executor.eventLoop)
        exchange.body = stream
        bodyReader = reader
        wantsBody = false
        stream.onDemand = { [weak self, weak exchange] isWanted in
            guard let self, let exchange, self.exchange === exchange else { return }
            self.wantsBody = isWanted
            // A reader that takes its time isn't the peer's fault.
            guard isWanted else { return self.deadlines.end(.body) }
            self.process()
            self.resumeReading()
        }
        if head.expectsContinue {
            exchange.awaitsContinue = true
            stream.onFirstDemand = { [weak self, weak exchange] in
                guard let self, let exchange, self.exchange === exchange, exchange.awaitsContinue else { return }
                exchange.awaitsContinue = false
                self.write { $0.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n") }
            }
        }
        return RequestBody(stream)
    }
}
