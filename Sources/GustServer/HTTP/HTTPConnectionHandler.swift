import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// One HTTP/1.1 connection: bytes in, requests to the handler, answers out in order.
///
/// One request is answered at a time; those behind it wait in the buffer, and reading stops when they fill it. What is
/// answered during a read burst leaves in one write at its end.
final class HTTPConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    /// The most bytes of further requests that wait while one is answered.
    private static let maximumPipelined = 64 * 1_024
    /// Bodies up to this length are copied behind their head; longer ones are written as they are.
    private static let maximumCopied = 16 * 1_024
    /// How much output of one read burst is collected before it is written.
    private static let maximumCollected = 64 * 1_024

    let server: HTTPServerShared
    let loop: LoopContext
    private var parser: HTTPRequestParser
    private var input = ByteBuffer()
    private var context: ChannelHandlerContext?
    private var peer = Peer()

    /// The request being answered, if any.
    private var exchange: HTTPExchange?
    private var bodyReader: HTTPBodyReader?
    /// How much of the body may still be thrown away; nil while somebody may read it.
    private var drainRemaining: Int?
    private var wantsBody = true
    private var output: ByteBuffer?
    private var isInReadBurst = false
    private var isProcessing = false
    private var hasPendingRead = false
    private var isClosing = false
    /// Whether the last answer was sent and what the peer still sends is thrown away.
    private var isLingering = false
    private var hasClosedOutput = false
    /// Whether the peer may still be sending when the last answer is.
    private var lingersAtEnd = false
    /// What waited to be sent when the write deadline was set.
    private var unsentBytes = 0
    private var hasUpgraded = false
    /// Whether a request was begun: a Flash movie asks before anything else.
    private var hasBegun = false
    private var deadlines: ConnectionDeadlines

    init(server: HTTPServerShared, loop: LoopContext) {
        self.server = server
        self.loop = loop
        parser = HTTPRequestParser(limits: server.limits)
        deadlines = ConnectionDeadlines(server.limits)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        peer = Peer(address: context.remoteAddress)
        loop.add(self)
        expect(.request)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        loop.remove(self)
        deadlines.cancel()
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        var bytes = unwrapInboundIn(data)
        isInReadBurst = true
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        process()
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadBurst = false
        flushOutput()
        if hasUpgraded { context.fireChannelReadComplete() }
    }

    func read(context: ChannelHandlerContext) {
        if shouldRead { context.read() } else { hasPendingRead = true }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if !isWritable {
            expectWrite()
        } else if deadlines.current == .write, !hasClosedOutput {
            deadlines.end(.write)
            if exchange == nil { expect(.request) } else if bodyReader != nil, wantsBody { expect(.body) }
        }
        if isWritable {
            exchange?.stream?.becameWritable()
            // Requests may wait in the buffer for the peer to take the answers to those before them.
            process()
            resumeReading()
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        peerLeft()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        server.logger.debug("a connection failed", metadata: ["error": "\(error)"])
        context.close(promise: nil)
    }

    private func peerLeft() {
        isClosing = true
        deadlines.cancel()
        let exchange = exchange
        self.exchange = nil
        exchange?.body?.receive(.failure(HTTPError(.badRequest, "the connection ended before the body")))
        exchange?.stream?.peerLeft()
    }

    // MARK: Reading

    private var shouldRead: Bool {
        guard !hasUpgraded, !isLingering else { return true }
        if bodyReader != nil { return wantsBody || drainRemaining != nil }
        return exchange == nil ? isWritable : input.readableBytes < Self.maximumPipelined
    }

    private func resumeReading() {
        guard hasPendingRead, shouldRead else { return }
        hasPendingRead = false
        context?.read()
    }

    /// Goes through the buffer until it needs more bytes, or an answer to end.
    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
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
    private func hasRoomForAnswer() -> Bool {
        if let output, output.readableBytes >= Self.maximumCollected { flushOutput() }
        return isWritable
    }

    /// Feeds the body to its reader; false if more bytes are needed first.
    private func readBody() throws(HTTPParseError) -> Bool {
        guard wantsBody || drainRemaining != nil else { return false }
        guard let piece = try bodyReader?.read(&input) else {
            expect(.body)
            return false
        }
        switch piece {
        case .bytes(let bytes):
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

    /// Answers a Flash movie that wants to know whether it may connect, and closes.
    private func answerFlash() throws(HTTPParseError) {
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

    // MARK: Requests

    private func begin(_ head: HTTPRequestHead) {
        deadlines.end(.head)
        deadlines.end(.request)
        let exchange = HTTPExchange(head)
        if loop.isShuttingDown { exchange.keepsAlive = false }
        self.exchange = exchange
        hasBegun = true
        server.countRequest()
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

    private func receiveBody(_ reader: HTTPBodyReader, _ head: HTTPRequestHead, _ exchange: HTTPExchange) -> RequestBody
    {
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

    private func answer(_ request: Request, _ exchange: HTTPExchange) {
        let handler = server.handler
        do {
            if let response = try handler.respondInPlace(to: request) {
                return send(response, for: exchange, request)
            }
        } catch {
            return send(server.response(for: error, request), for: exchange, request)
        }
        let bound = NIOLoopBound((self, exchange), eventLoop: loop.executor.eventLoop)
        let server = server
        // One of the two borders where async meets the loop: a handler that never waits ends right here.
        Task.immediate(executorPreference: loop.executor) {
            let response: Response
            do {
                response = try await handler.respond(to: request)
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
    }

    // MARK: Answers

    private func send(_ response: Response, for exchange: HTTPExchange, _ request: Request) {
        guard self.exchange === exchange, context != nil else { return discard(response) }
        if response.headers[.connection]?.containsToken("close") == true { exchange.keepsAlive = false }
        switch response.body {
        case .bytes(let bytes):
            writeHead(response.status, response.headers, .length(bytes.readableBytes), exchange)
            if exchange.hasBody(response.status) { write(body: bytes) }
            finish(exchange)
        case .stream(let body):
            let stream = HTTPResponseStream(response, connection: self, exchange: exchange)
            exchange.stream = stream
            body(stream)
        case .upgrade(let upgrade):
            self.upgrade(to: upgrade, response, request, exchange)
        }
    }

    /// The peer left before its answer was ready; a stream must hear of it all the same.
    private func discard(_ response: Response) {
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
        // The rest of a body that the client was never told to send is not to be waited for.
        if exchange.awaitsContinue { exchange.keepsAlive = false }
        if framing == .untilClose { exchange.keepsAlive = false }
        let isBodiless = status.kind == .informational || status.code == 204 || status.code == 304
        let date = loop.date
        write { buffer in
            HTTPResponseEncoder.write(
                status: status,
                fields: fields,
                framing: isBodiless ? .none : framing,
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

    /// Writes a part of a file.
    func write(_ region: FileRegion) {
        writeOutput()
        context?.write(wrapOutboundOut(.fileRegion(region)), promise: nil)
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
        if let completion { confirm(completion) }
        guard exchange.keepsAlive else { return close() }
        if bodyReader != nil { drainRemaining = server.limits.drainLength }
        if bodyReader == nil { expect(.request) }
        if !isProcessing { process() }
        resumeReading()
    }

    /// Calls `completion` once everything written so far was handed to the operating system.
    private func confirm(_ completion: @escaping (Bool) -> Void) {
        guard let context else { return completion(false) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            if case .success = result { completion(true) } else { completion(false) }
        }
        writeOutput(promise: promise)
        flushUnlessReading()
    }

    private func writeOutput(promise: EventLoopPromise<Void>? = nil) {
        if let output {
            self.output = nil
            context?.write(wrapOutboundOut(.byteBuffer(output)), promise: promise)
        } else if let promise {
            context?.write(wrapOutboundOut(.byteBuffer(ByteBuffer())), promise: promise)
        }
    }

    private func flushUnlessReading() {
        if !isInReadBurst { flushOutput() }
    }

    private func flushOutput() {
        writeOutput()
        context?.flush()
    }

    // MARK: Ends

    /// Answers a request that can't be read, and closes: what follows it can't be read either.
    private func refuse(_ error: HTTPParseError) {
        server.logger.debug(
            "refused a request",
            metadata: ["status": "\(error.status.code)", "why": "\(error.message)"]
        )
        guard let exchange else {
            return refuse(error.status, error.message)
        }
        // The body of a request in progress is broken: its handler hears of it and may still answer.
        exchange.keepsAlive = false
        bodyReader = nil
        isClosing = exchange.body == nil
        exchange.body?.receive(.failure(HTTPError(error.status, error.message)))
    }

    private func refuse(_ status: HTTPResponse.Status, _ message: String) {
        let exchange = HTTPExchange.abandoned
        lingersAtEnd = true
        var fields = HTTPFields()
        fields[.contentType] = "text/plain; charset=utf-8"
        let body = ByteBuffer(string: message)
        writeHead(status, fields, .length(body.readableBytes), exchange)
        write(body: body)
        close()
    }

    /// Sends what is written, then closes.
    ///
    /// What the peer still sends is read and thrown away for a moment: if it were left unread, the operating system
    /// would answer it with a reset, and the peer would lose the answer (RFC 9112 §9.6).
    func close() {
        guard let context, !hasClosedOutput else { return }
        let lingers = bodyReader != nil || input.readableBytes > 0 || lingersAtEnd
        isClosing = true
        hasClosedOutput = true
        bodyReader = nil
        input = ByteBuffer()
        deadlines.cancel()
        flushOutput()
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.closedOutput(lingers: lingers) }
        expectWrite()
        // Shuts the socket down for writing once everything was handed to the operating system.
        context.close(mode: .output, promise: promise)
    }

    private func closedOutput(lingers: Bool) {
        guard lingers else {
            context?.close(mode: .all, promise: nil)
            return
        }
        isLingering = true
        expect(.linger)
        resumeReading()
    }

    /// Breaks off, so that the peer sees that something is missing.
    func abort() {
        isClosing = true
        context?.close(mode: .all, promise: nil)
    }

    private func expectWrite() {
        unsentBytes = bufferedBytes
        expect(.write)
    }

    private var bufferedBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    private func expect(_ what: ConnectionDeadlines.Kind) {
        guard let context else { return }
        deadlines.begin(what, on: context.eventLoop) { [weak self] kind in self?.missed(kind) }
    }

    private func missed(_ kind: ConnectionDeadlines.Kind) {
        switch kind {
        case .request, .linger:
            abort()
        case .write:
            // A long answer to a slow peer is one write; while it shrinks, the peer is reading.
            if bufferedBytes < unsentBytes { expectWrite() } else { abort() }
        case .head:
            refuse(.requestTimeout, "the request's head took too long")
        case .body:
            guard let exchange, let body = exchange.body else { return abort() }
            exchange.keepsAlive = false
            bodyReader = nil
            body.receive(.failure(HTTPError(.requestTimeout, "the body stood still")))
        }
    }

    /// Whether the channel takes more output.
    var isWritable: Bool { context?.channel.isWritable ?? false }

    var eventLoop: any EventLoop { loop.executor.eventLoop }

    // MARK: Upgrade

    private func upgrade(
        to upgrade: WebSocketUpgrade,
        _ response: Response,
        _ request: Request,
        _ exchange: HTTPExchange
    ) {
        guard let context else { return }
        guard bodyReader == nil else {
            // Where the body ends and the WebSocket begins would be anybody's guess.
            let error = HTTPError(.badRequest, "an upgrade with a body")
            exchange.keepsAlive = false
            return send(error.response, for: exchange, request)
        }
        let outcome = WebSocketHandshake.accept(
            request,
            upgrade,
            dialects: server.dialects,
            compression: loop.compression
        )
        switch outcome {
        case .failure(let error):
            // The bytes behind a refused upgrade may be anything but HTTP.
            exchange.keepsAlive = false
            send(error.response, for: exchange, request)
        case .success(let acceptance):
            hasUpgraded = true
            self.exchange = nil
            deadlines.cancel()
            write { HTTPResponseEncoder.write(acceptance, response.headers, into: &$0) }
            writeOutput()
            hand(over: upgrade, acceptance, context)
        }
    }

    private func hand(
        over upgrade: WebSocketUpgrade,
        _ acceptance: WebSocketHandshake.Acceptance,
        _ context: ChannelHandlerContext
    ) {
        let webSocket = WebSocketChannelHandler(
            upgrade,
            acceptance,
            loop: loop,
            closeTimeout: TimeAmount(server.limits.webSocketCloseTimeout)
        )
        let successor: any ChannelHandler =
            if let challenge = acceptance.challenge {
                Hixie76Handler(challenge, webSocket, loop: loop, timeout: TimeAmount(server.limits.headTimeout))
            } else {
                webSocket
            }
        let rest = input
        input = ByteBuffer()
        do {
            try context.pipeline.syncOperations.addHandler(successor, position: .after(self))
        } catch {
            return abort()
        }
        // What came in the same segment as the request belongs to the WebSocket already.
        if rest.readableBytes > 0 { context.fireChannelRead(wrapInboundOut(rest)) }
        if hasPendingRead {
            hasPendingRead = false
            context.read()
        }
        let isInBurst = isInReadBurst
        context.fireChannelReadComplete()
        context.flush()
        if isInBurst { isInReadBurst = false }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

extension HTTPConnectionHandler: RemovableChannelHandler {}

extension HTTPConnectionHandler: ShutdownParticipant {
    func beginShutdown() {
        if let exchange {
            exchange.keepsAlive = false
        } else if !parser.isInsideHead, input.readableBytes == 0 {
            close()
        }
    }
}

extension HTTPConnectionHandler {
    typealias InboundOut = ByteBuffer
}
