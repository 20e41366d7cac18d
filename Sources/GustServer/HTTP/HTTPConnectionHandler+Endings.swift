import GustHTTP
import HTTPTypes
import Logging
import NIOCore

/// Refusals, deadlines and the end of the connection.
extension HTTPConnectionHandler {
    /// Answers a request that can't be read, and closes: what follows it can't be read either.
    func refuse(_ error: HTTPParseError) {
        server.logger.debug(
            "refused a request",
            metadata: ["status": "\(error.status.code)", "why": "\(error.message)"]
        )
        guard let exchange else {
            // The body of a request that was answered already has no further answer.
            return bodyReader == nil ? refuse(error.status, error.message) : close()
        }
        // The body of a request in progress is broken: its handler hears of it and may still answer.
        exchange.keepsAlive = false
        bodyReader = nil
        isClosing = exchange.body == nil
        exchange.body?.receive(.failure(HTTPError(error.status, error.message)))
    }

    func refuse(_ status: HTTPResponse.Status, _ message: String) {
        let exchange = HTTPExchange.abandoned
        lingersAtEnd = true
        let body = ByteBuffer(string: message)
        writeHead(status, .plainText, .length(body.readableBytes), exchange)
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

    func closedOutput(lingers: Bool) {
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

    func expectWrite() {
        unsentBytes = bufferedBytes
        expect(.write)
    }

    var bufferedBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    func expect(_ what: ConnectionDeadlines.Kind) {
        // A deadline that is set after the end would hold the connection until it has passed.
        guard let context, !isOver else { return }
        deadlines.begin(what, on: context.eventLoop, missed: { [weak self] kind in self?.missed(kind) })
    }

    func missed(_ kind: ConnectionDeadlines.Kind) {
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
}
