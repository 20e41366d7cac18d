import GustHTTP
import HTTPTypes
import NIOCore

/// Writes the responses.
extension HTTPConnectionHandler: HTTPAnswerer {
    func send(_ response: Response, for exchange: HTTPExchange, _ request: Request) {
        guard self.exchange == exchange, context != nil else { return discard(response) }
        switch response.body {
        case .bytes(let bytes):
            let status = response.status.sendable
            inOneWrite {
                writeHead(status, response.headers, .length(bytes.readableBytes), exchange)
                if exchange.hasBody(status) { write(body: bytes) }
                finish(exchange, completion: nil)
            }
        case .stream(let body):
            let stream = HTTPResponseStream(response, sink: self, exchange: exchange)
            parts.stream = stream
            handle(.answerStreams)
            body(stream)
        case .upgrade(let upgrade):
            self.upgrade(to: upgrade, response, request, exchange)
        }
    }

    /// Writes the head of a response.
    func writeHead(
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        _ framing: HTTPResponseEncoder.Framing,
        _ exchange: HTTPExchange
    ) {
        let closes =
            framing == .untilClose || fields.has(.connection) && fields[.connection]?.containsToken("close") == true
        _ = machine.handle(.answerBegins(closes: closes))
        let keepsAlive = machine.keepsAlive
        let date = loop.date
        write { buffer in
            HTTPResponseEncoder.write(
                status: status,
                fields: fields,
                framing: status.isBodiless ? .none : status.code == 205 ? .length(0) : framing,
                keepsAlive: keepsAlive,
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

    /// Writes a part of a file; closes the connection if the file is shorter than that part, or is truncated while it is sent.
    func write(_ region: FileRegion) {
        guard let context else { return }
        writeOutput()
        let regions = regions ?? FileRegionWatch { [weak self] in self?.handle(.answerBreaks) }
        self.regions = regions
        guard regions.isWhole(region) else { return handle(.answerBreaks) }
        let promise = context.eventLoop.makePromise(of: Void.self)
        regions.add(region, until: promise.futureResult)
        context.write(wrapOutboundOut(.fileRegion(region)), promise: promise)
        flushUnlessReading()
    }

    /// Appends to the output of this read burst.
    func write(_ body: (inout ByteBuffer) -> Void) {
        guard let context else { return }
        var buffer = output ?? context.channel.allocator.buffer(capacity: 512)
        output = nil
        body(&buffer)
        output = buffer
        flushUnlessReading()
    }

    /// Calls `completion` once all output written so far has been handed to the operating system.
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

    func flushUnlessReading() {
        if !isInReadBurst { flushOutput() }
    }

    func flushOutput() {
        writeOutput()
        context?.flush()
        regions?.begin(on: eventLoop)
    }
}
