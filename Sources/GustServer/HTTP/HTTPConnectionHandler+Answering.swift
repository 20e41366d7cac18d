import GustHTTP
import HTTPTypes
import NIOCore

/// Writes the responses.
extension HTTPConnectionHandler: HTTPAnswerer {
    func send(_ response: Response, for exchange: HTTPExchange, _ request: Request) {
        guard self.exchange == exchange, context != nil else { return discard(response) }
        switch response.content {
        case .text(let text):
            send(
                response,
                text.utf8.count <= Self.maximumCopied ? .text(text) : .bytes(ByteBuffer(string: text)),
                exchange
            )
        case .file(let file):
            // An encrypted connection sends bytes only.
            if fileReading != nil, let bytes = file.bytes { return send(response, .bytes(bytes), exchange) }
            send(response, file, exchange)
        case .body(.bytes(let bytes)): send(response, .bytes(bytes), exchange)
        case .body(.stream(let body)):
            let stream = HTTPResponseStream(response, sink: self, exchange: exchange)
            parts.stream = stream
            handle(.answerStreams)
            body(stream)
        case .body(.upgrade(let upgrade)):
            self.upgrade(to: upgrade, response, request, exchange)
        }
    }

    /// Sends a response whose body is known.
    private func send(_ response: Response, _ body: HTTPResponseEncoder.ShortBody, _ exchange: HTTPExchange) {
        let status = response.status.sendable
        let length = body.length
        inOneWrite {
            if exchange.hasBody(status), length <= Self.maximumCopied {
                writeHead(status, response.fields, .length(length), exchange, body)
            } else {
                writeHead(status, response.fields, .length(length), exchange)
                if case .bytes(let bytes) = body, exchange.hasBody(status) { write(body: bytes) }
            }
            finish(exchange, completion: nil)
        }
    }

    /// Sends a response whose body is a file.
    private func send(_ response: Response, _ file: FileContent, _ exchange: HTTPExchange) {
        let status = response.status.sendable
        inOneWrite {
            writeHead(status, response.fields, .length(file.region.readableBytes), exchange)
            if exchange.hasBody(status) {
                if machine.isInputClosed { handle(.answerContinues) }
                write(file.region, of: file.owner)
            }
            finish(exchange, completion: nil)
        }
    }

    /// Writes the head of a response, and a short body.
    func writeHead(
        _ status: HTTPResponse.Status,
        _ fields: ResponseFields,
        _ framing: HTTPResponseEncoder.Framing,
        _ exchange: HTTPExchange,
        _ body: HTTPResponseEncoder.ShortBody = .none
    ) {
        _ = machine.handle(.answerBegins(closes: framing == .untilClose || fields.closeConnection))
        let form = HTTPResponseEncoder.Form(
            framing: status.isBodiless ? .none : status.code == 205 ? .length(0) : framing,
            keepsAlive: machine.keepsAlive,
            isVersion11: exchange.isVersion11
        )
        let start = loop.headStart
        write { HTTPResponseEncoder.write(status, fields, form, start: start, body: body, into: &$0) }
    }

    /// Writes a part of a body.
    func write(body bytes: ByteBuffer) {
        guard bytes.readableBytes > 0 else { return }
        guard bytes.readableBytes > Self.maximumCopied else { return write { $0.writeImmutableBuffer(bytes) } }
        writeOutput()
        write(.byteBuffer(bytes))
        flushUnlessReading()
    }

    /// Writes a part of a file; closes the connection if the file is shorter than that part, or is truncated while it is sent.
    ///
    /// `owner` is kept until the part has been sent, or can't be.
    func write(_ region: FileRegion, of owner: (any AnyObject & Sendable)? = nil) {
        guard let context, region.readableBytes > 0 else { return }
        var rest = region
        rest.moveReaderIndex(forwardBy: sendBeginning(of: region))
        // In most cases the socket has taken all of it, which costs much less than a write to the channel.
        guard rest.readableBytes > 0 else { return }
        writeOutput()
        let regions = regions ?? FileRegionWatch { [weak self] in self?.handle(.answerBreaks) }
        self.regions = regions
        guard FileRegionWatch.isWhole(rest) else { return handle(.answerBreaks) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        regions.add(rest, of: owner, until: promise.futureResult)
        write(.fileRegion(rest), promise)
        flushUnlessReading()
    }

    /// Appends to the output of this read burst.
    func write(_ body: (inout ByteBuffer) -> Void) {
        guard context != nil else { return }
        var buffer = output ?? loop.takeBuffer()
        output = nil
        body(&buffer)
        output = buffer
        flushUnlessReading()
    }

    func writeOutput() {
        guard let output else { return }
        self.output = nil
        if output.readableBytes > 0 { write(.byteBuffer(output)) }
        loop.giveBack(output)
    }

    /// Writes to the channel.
    func write(_ data: IOData, _ promise: EventLoopPromise<Void>? = nil) {
        guard let context else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        channelMayHoldOutput = true
        context.write(wrapOutboundOut(data), promise: promise)
    }

    func flushUnlessReading() {
        if !isInReadBurst { flushOutput() }
    }

    func flushOutput() {
        sendOutput()
        // The channel sends the rest when the socket takes more, or finds the error of the socket and closes.
        writeOutput()
        if channelMayHoldOutput { context?.flush() }
        regions?.begin(on: eventLoop)
        if !confirmations.isEmpty { confirmOutput() }
    }

    /// Sends the beginning of a part of a file past the channel, behind the output of this read burst; returns how many bytes of it the
    /// socket has taken at once.
    private func sendBeginning(of region: FileRegion) -> Int {
        sendOutput(fileFollows: true)
        guard output == nil, let socket, !channelHoldsOutput else { return 0 }
        return socket.write(region)
    }

    /// Sends the output of this read burst past the channel; what the socket doesn't take at once stays.
    private func sendOutput(fileFollows: Bool = false) {
        guard var output else { return }
        guard let socket, !channelHoldsOutput else { return }
        self.output = nil
        let count = output.withUnsafeReadableBytes { socket.write($0, fileFollows: fileFollows) }
        output.moveReaderIndex(forwardBy: count)
        if output.readableBytes > 0 { self.output = output } else { loop.giveBack(output) }
    }

    /// Whether the channel holds output that it has not handed to the operating system.
    var channelHoldsOutput: Bool {
        if channelMayHoldOutput { channelMayHoldOutput = bufferedBytes > 0 }
        return channelMayHoldOutput
    }
}

extension ResponseFields {
    /// Whether the connection ends behind a response with these fields.
    fileprivate var closeConnection: Bool {
        // Prepared fields have no `Connection`.
        guard case .made(let fields) = self, fields.has(.connection) else { return false }
        return fields[.connection]?.containsToken("close") == true
    }
}
