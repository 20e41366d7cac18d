import GustHTTP
import HTTPTypes
import NIOCore

/// Answers, from the handler into the bytes.
extension HTTPConnectionHandler {
    func answer(_ request: Request, _ exchange: HTTPExchange) {
        let body: @Sendable () async throws -> Response
        switch server.handler.answer(request) {
        case .ready(let response):
            if response.error != nil { server.noteError(of: response, request) }
            return send(response, for: exchange, request)
        case .failed(let error):
            return send(server.response(for: error, request), for: exchange, request)
        case .pending(let pending):
            body = pending
        }
        let bound = NIOLoopBound((self, exchange), eventLoop: loop.executor.eventLoop)
        let server = server
        // One of the two borders where async meets the loop: a handler that never waits ends right here.
        let task = Task.immediate(executorPreference: loop.executor) {
            let response: Response
            do {
                response = try await body()
                if response.error != nil { server.noteError(of: response, request) }
            } catch {
                response = server.response(for: error, request)
            }
            // An actor of the user's may have left us elsewhere.
            let eventLoop = request.eventLoop
            if eventLoop.inEventLoop {
                bound.value.0.send(response, for: bound.value.1, request)
            } else {
                eventLoop.execute { bound.value.0.send(response, for: bound.value.1, request) }
            }
        }
        // Once it has answered nobody may be told of the task any more.
        if self.exchange === exchange { exchange.task = task }
    }

    func send(_ response: Response, for exchange: HTTPExchange, _ request: Request) {
        guard self.exchange === exchange, context != nil else { return discard(response) }
        if response.headers[.connection]?.containsToken("close") == true { exchange.keepsAlive = false }
        switch response.body {
        case .bytes(let bytes):
            let status = response.status.sendable
            inOneWrite {
                writeHead(status, response.headers, .length(bytes.readableBytes), exchange)
                if exchange.hasBody(status) { write(body: bytes) }
                finish(exchange)
            }
        case .stream(let body):
            let stream = HTTPResponseStream(response, connection: self, exchange: exchange)
            exchange.stream = stream
            body(stream)
        case .upgrade(let upgrade):
            self.upgrade(to: upgrade, response, request, exchange)
        }
    }

    /// The peer left before its answer was ready; a stream must hear of it all the same.
    func discard(_ response: Response) {
        guard case .stream(let body) = response.body else { return }
        let stream = HTTPResponseStream(response, connection: self, exchange: HTTPExchange.abandoned)
        body(stream)
        stream.peerLeft()
    }

    /// Writes the head of an answer.
    func writeHead(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        _ framing: HTTPResponseEncoder.Framing,
        _ exchange: HTTPExchange
    ) {
        // The rest of a body that the client was never told to send is not to be waited for. From here on a 100 would be
        // a part of this answer.
        if exchange.awaitsContinue {
            exchange.keepsAlive = false
            exchange.awaitsContinue = false
        }
        if framing == .untilClose { exchange.keepsAlive = false }
        let date = loop.date
        write { buffer in
            HTTPResponseEncoder.write(
                status: status,
                fields: fields,
                framing: status.isBodiless ? .none : status.code == 205 ? .length(0) : framing,
                keepsAlive: exchange.keepsAlive,
                isVersion11: exchange.isVersion11,
                date: date,
                into: &buffer
            )
        }
    }

    /// Writes a part of a body.
    func write(body bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        guard bytes.readableBytes > Self.maximumCopied else { return write { $0.writeImmutableBuffer(bytes) } }
        writeOutput()
        context?.write(wrapOutboundOut(.byteBuffer(bytes)), promise: nil)
        flushUnlessReading()
    }

    /// Writes a part of a file; breaks the connection off if the file is shorter, or becomes shorter meanwhile.
    func write(_ region: FileRegion) {
        guard let context else { return }
        writeOutput()
        let regions = regions ?? FileRegionWatch { [weak self] in self?.abort() }
        self.regions = regions
        guard regions.isWhole(region) else { return abort() }
        let promise = context.eventLoop.makePromise(of: Void.self)
        regions.add(region, until: promise.futureResult)
        context.write(wrapOutboundOut(.fileRegion(region)), promise: promise)
        flushUnlessReading()
    }

    /// Appends to the output of this burst.
    func write(_ body: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        var buffer = output ?? context.channel.allocator.buffer(capacity: 512)
        output = nil
        body(&buffer)
        output = buffer
        flushUnlessReading()
    }

    /// The answer is complete: goes on with the next request, or closes.
    func finish(_ exchange: HTTPExchange, completion: ((Bool) -> Void)? = nil) {
        guard self.exchange === exchange else {
            completion?(false)
            return
        }
        self.exchange = nil
        exchange.stream = nil
        // Whoever still waits for the body would wait for ever.
        if bodyReader != nil {
            exchange.body?.receive(.failure(HTTPError(.badRequest, "answered before the body came")))
        }
        if let completion { confirm(completion) }
        guard exchange.keepsAlive else { return close() }
        if bodyReader != nil { drainRemaining = server.limits.drainLength }
        if bodyReader == nil { expect(.request) }
        if !isProcessing { process() }
        resumeReading()
    }

    /// Calls `completion` once everything written so far was handed to the operating system.
    func confirm(_ completion: @escaping (Bool) -> Void) {
        guard let context else { return completion(false) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            if case .success = result { completion(true) } else { completion(false) }
        }
        writeOutput(promise: promise)
        flushUnlessReading()
    }

    func writeOutput(promise: EventLoopPromise<Void>? = nil) {
        if let output {
            self.output = nil
            context?.write(wrapOutboundOut(.byteBuffer(output)), promise: promise)
        } else if let promise {
            context?.write(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
        }
    }

    /// Does what writes several times, and sends it all in one write at the end, or at that of the read burst.
    func inOneWrite(_ body: () -> Void) {
        guard !isInReadBurst else { return body() }
        isInReadBurst = true
        body()
        isInReadBurst = false
        flushOutput()
    }

    func flushUnlessReading() {
        if !isInReadBurst { flushOutput() }
    }

    func flushOutput() {
        writeOutput()
        context?.flush()
        regions?.begin(on: eventLoop)
    }
}
