import GustHTTP
import HTTPTypes
import NIOCore

/// Writes streamed responses with the framing of HTTP/1.1 (RFC 9112 §6, §7).
extension HTTPConnectionHandler: HTTPAnswerSink {
    var eventLoop: any EventLoop { loop.executor.eventLoop }

    var isWritable: Bool { context?.channel.isWritable ?? false && fileReading?.remaining ?? 0 == 0 }

    var hasPeerFinished: Bool { machine.isInputClosed }

    func begin(
        _ exchange: HTTPExchange,
        _ status: HTTPResponse.Status,
        _ fields: HTTPFields,
        length: Int?,
        endsConnection: Bool
    ) {
        guard self.exchange == exchange else { return }
        let framing: HTTPResponseEncoder.Framing =
            length.map { .length($0) } ?? (exchange.isVersion11 && !endsConnection ? .chunked : .untilClose)
        parts.isChunked = framing == .chunked && exchange.hasBody(status)
        writeHead(status, fields, framing, exchange)
    }

    func write(_ bytes: ByteBuffer, for exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        if machine.isInputClosed { handle(.answerContinues) }
        guard parts.isChunked else { return write(body: bytes) }
        beginChunk(bytes.readableBytes)
        write(body: bytes)
        endChunk()
    }

    func write(_ region: FileRegion, for exchange: HTTPExchange) {
        guard self.exchange == exchange else { return }
        if machine.isInputClosed { handle(.answerContinues) }
        guard parts.isChunked else { return write(region) }
        beginChunk(region.readableBytes)
        write(region)
        endChunk()
    }

    private func beginChunk(_ length: Int) {
        write { $0.writeString(String(length, radix: 16) + "\r\n") }
    }

    private func endChunk() {
        write { $0.writeStaticString("\r\n") }
    }

    /// Ends the response; the connection reads the next request, or closes.
    func finish(_ exchange: HTTPExchange, completion: ((Bool) -> Void)?) {
        guard self.exchange == exchange else {
            completion?(false)
            return
        }
        if parts.isChunked { write { $0.writeStaticString("0\r\n\r\n") } }
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
        handle(.answerBreaks)
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
