import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// Writes streamed responses with the framing of HTTP/1.1 (RFC 9112 §6, §7).
extension HTTPConnectionHandler: HTTPAnswerSink {
    var executor: LoopExecutor { loop.executor }

    var eventLoop: any EventLoop { loop.executor.eventLoop }

    var isWritable: Bool { isChannelWritable && fileReading?.remaining ?? 0 == 0 }

    var hasPeerFinished: Bool { machine.isInputClosed }

    var isShuttingDown: Bool { machine.isShuttingDown }

    func inform(_ exchange: HTTPExchange, _ status: HTTPResponse.Status, _ fields: HTTPFields) {
        // A client of HTTP/1.0 would read an interim response as the response (RFC 9110 §15.2).
        guard self.exchange == exchange, exchange.isVersion11 else { return }
        write { HTTPResponseEncoder.writeInterim(status, fields, into: &$0) }
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
        let framing: HTTPResponseEncoder.Framing =
            length.map { .length($0) } ?? (exchange.isVersion11 && !endsConnection ? .chunked : .untilClose)
        parts.isChunked = framing == .chunked && exchange.hasBody(status)
        guard !parts.isChunked, body.readableBytes <= Self.maximumCopied else {
            writeHead(status, fields, framing, exchange)
            if body.readableBytes > 0 { write(body, for: exchange) }
            return
        }
        if machine.isInputClosed, body.readableBytes > 0 { handle(.answerContinues) }
        writeHead(status, fields, framing, exchange, .bytes(body))
    }

    func write(_ bytes: ByteBuffer, for exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        if machine.isInputClosed { handle(.answerContinues) }
        guard parts.isChunked else { return write(body: bytes) }
        // A flush within a chunk could make the connection writable, and the writer would write the next chunk into this one.
        inOneWrite {
            beginChunk(bytes.readableBytes)
            write(body: bytes)
            endChunk()
        }
    }

    func write(_ region: FileRegion, for exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        // Nothing of a part that is missing bytes is sent: the body may end with the connection, and would seem to be complete.
        guard FileRegionWatch.isWhole(region) else { return handle(.answerBreaks) }
        if machine.isInputClosed { handle(.answerContinues) }
        guard parts.isChunked else { return write(region) }
        inOneWrite {
            beginChunk(region.readableBytes)
            write(region)
            endChunk()
        }
    }

    private func beginChunk(_ length: Int) {
        write { $0.writeString(String(length, radix: 16) + "\r\n") }
    }

    private func endChunk() {
        write { $0.writeStaticString("\r\n") }
    }

    /// Ends the response; the connection reads the next request, or closes.
    func finish(_ exchange: HTTPExchange, trailers: HTTPFields? = nil, completion: ((Bool) -> Void)?) {
        guard self.exchange == exchange else {
            completion?(false)
            return
        }
        if parts.isChunked { write { HTTPResponseEncoder.writeLastChunk(trailers, into: &$0) } }
        let body = parts.body
        self.exchange = nil
        parts = HTTPExchangeParts()
        // A reader that still awaits the body must not wait for ever.
        if bodyReader != nil {
            body?.receive(.failure(HTTPError(.badRequest, "answered before the body was received")))
        }
        if let completion { confirm(completion) }
        handle(.answerEnds(hasInput: input.readableBytes > 0))
    }

    func breakOff(_ exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        // What was written before is sent as far as the operating system takes it.
        flushOutput()
        handle(.answerBreaks)
    }

    func report(_ error: any Error) {
        server.logger.error("a streamed response failed", metadata: ["error": "\(error)"])
    }

    /// Calls `body`, and sends what it writes in one write: at the end of the call, or at the end of the read burst.
    func inOneWrite(_ body: () -> Void) {
        guard !isInReadBurst else { return body() }
        isInReadBurst = true
        body()
        isInReadBurst = false
        flushOutput()
    }
}
