import GustHTTP
import HTTPTypes
import Logging
package import NIOCore

/// Writes responses to the stream.
extension HTTPStreamExchange {
    package var eventLoop: any EventLoop { loop.executor.eventLoop }

    var executor: LoopExecutor { loop.executor }

    /// Whether the peer has room for more of a streamed response.
    var isWritable: Bool {
        unsentBytes < Self.maximumUnsent && files == nil && output?.isWritable ?? false
    }

    /// Whether a further piece of a file may be read.
    var hasRoom: Bool { unsentBytes < Self.maximumUnsent && output?.isWritable ?? false }

    /// Resets the stream, because a file has become shorter.
    func breakOffFile() {
        isBroken = true
        handle(.answerBreaks)
    }

    /// A stream ends in both directions at once; before that, the peer is there.
    var hasPeerFinished: Bool { output == nil }

    func send(_ response: Response, for exchange: HTTPExchange, _ request: Request) {
        guard self.exchange == exchange, output != nil else { return discard(response) }
        switch response.body {
        case .bytes(let bytes):
            let status = response.status.sendable
            let hasBody = exchange.hasBody(status) && bytes.readableBytes > 0
            _ = machine.handle(.answerBegins(closes: false))
            output?.writeHead(
                status,
                response.headers,
                length: status.isBodiless ? nil : status.code == 205 ? 0 : bytes.readableBytes,
                date: loop.date,
                endsStream: !hasBody && hasReceivedEnd,
                on: stream
            )
            finish(hasBody ? bytes : hasReceivedEnd ? nil : ByteBuffer(), nil)
        case .stream(let body):
            let stream = HTTPResponseStream(response, sink: self, exchange: exchange)
            parts.stream = stream
            handle(.answerStreams)
            body(stream)
        case .upgrade:
            // `Upgrade` doesn't exist in HTTP/2 (RFC 9113 §8.2.2): clients open WebSockets on a connection of HTTP/1.1.
            let error = HTTPError(.badRequest, "an upgrade needs a connection of HTTP/1.1")
            send(error.response, for: exchange, request)
        }
    }

    func inform(_ exchange: HTTPExchange, _ status: HTTPResponse.Status, _ fields: HTTPFields) {
        guard self.exchange == exchange else { return }
        output?.writeInformation(status, fields, on: stream)
        output?.flush()
    }

    func begin(
        _ exchange: HTTPExchange,
        _ status: HTTPResponse.Status,
        _ fields: ResponseFields,
        length: Int?,
        endsConnection: Bool,
        body: ByteBuffer
    ) {
        guard self.exchange == exchange else { return }
        _ = machine.handle(.answerBegins(closes: false))
        // A response without a body declares a length only if it is one to HEAD (RFC 9110 §8.6).
        pendingHead = (status, fields.all, status.isBodiless ? nil : status.code == 205 ? 0 : length)
        if body.readableBytes > 0 { write(body, for: exchange) }
    }

    func write(_ bytes: ByteBuffer, for exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        if let files { return files.append(.bytes(bytes)) }
        writePendingHead()
        if let collected {
            self.collected = nil
            writeCounted(collected)
        }
        guard isCollecting else {
            writeCounted(bytes)
            output?.flush()
            return
        }
        // The last bytes are held until the end of the call, because they may be the end of the stream.
        collected = bytes
    }

    func write(_ region: FileRegion, for exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        writePendingHead()
        if let collected {
            self.collected = nil
            writeCounted(collected)
        }
        let files = files ?? StreamedFiles(self)
        self.files = files
        files.append(.region(region))
    }

    func finish(_ exchange: HTTPExchange, trailers: HTTPFields?, completion: ((Bool) -> Void)?) {
        guard self.exchange == exchange else {
            completion?(false)
            return
        }
        self.trailers = TrailerFields.sendable(trailers)
        if let files { return files.append(.end(completion)) }
        if let pendingHead {
            self.pendingHead = nil
            let isEnd = completion == nil && hasReceivedEnd && self.trailers == nil
            write(pendingHead, endsStream: isEnd)
            return finish(isEnd ? nil : ByteBuffer(), completion)
        }
        let last = collected ?? ByteBuffer()
        collected = nil
        finish(last, completion)
    }

    func breakOff(_ exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        isBroken = true
        handle(.answerBreaks)
    }

    /// Calls `body`, and sends what it writes in one write.
    func inOneWrite(_ body: () -> Void) {
        guard !isCollecting else { return body() }
        isCollecting = true
        body()
        isCollecting = false
        if let collected {
            self.collected = nil
            writeCounted(collected)
        }
        output?.flush()
    }

    func report(_ error: any Error) {
        server.logger.error("a streamed response failed", metadata: ["error": "\(error)"])
    }

    // MARK: Writing

    private func writePendingHead() {
        guard let pendingHead else { return }
        self.pendingHead = nil
        write(pendingHead, endsStream: false)
    }

    private func write(
        _ head: (status: HTTPResponse.Status, fields: HTTPFields, length: Int?),
        endsStream: Bool
    ) {
        output?.writeHead(
            head.status,
            head.fields,
            length: head.length,
            date: loop.date,
            endsStream: endsStream,
            on: stream
        )
    }

    /// Writes bytes of a streamed response, and counts them until they have been sent.
    func writeCounted(_ bytes: ByteBuffer) {
        let count = bytes.readableBytes
        let wasWritable = isWritable
        unsentBytes += count
        output?.write(bytes, endsStream: false, on: stream) { [weak self] _ in
            guard let self else { return }
            let wasWritable = isWritable
            unsentBytes -= count
            progressed()
            files?.proceed()
            if isWritable != wasWritable { writabilityChanged() }
        }
        if isWritable != wasWritable { writabilityChanged() }
    }

    func writabilityChanged() {
        let isWritable = isWritable
        handle(.writabilityChanged(isWritable: isWritable, current: deadline?.kind))
        if isWritable { parts.stream?.becameWritable() }
    }

    /// Ends the exchange; `last` is nil if the end of the stream has been written.
    func finish(_ last: ByteBuffer?, _ completion: ((Bool) -> Void)?) {
        let body = parts.body
        exchange = nil
        parts = HTTPExchangeParts()
        if takesBody {
            // A reader that still awaits the body must not wait for ever.
            body?.receive(.failure(HTTPError(.badRequest, "answered before the body was received")))
        }
        dropInput()
        if let last { endOutput(last, completion) }
        handle(.answerEnds(hasInput: false))
        output?.flush()
    }

    /// Writes the end of the stream; if the peer is still sending its request, it is told to stop once the response has been sent.
    func endOutput(_ last: ByteBuffer, _ completion: ((Bool) -> Void)?) {
        var sent: ((Bool) -> Void)?
        if completion != nil || !hasReceivedEnd {
            sent = { [weak self] isSent in
                completion?(isSent)
                guard let self, isSent, !hasReceivedEnd else { return }
                output?.reset(.answered, on: stream)
            }
        }
        guard let trailers else {
            output?.write(last, endsStream: true, on: stream, sent: sent)
            return
        }
        self.trailers = nil
        if last.readableBytes > 0 { output?.write(last, endsStream: false, on: stream, sent: nil) }
        output?.writeTrailers(trailers, on: stream, sent: sent)
    }
}
