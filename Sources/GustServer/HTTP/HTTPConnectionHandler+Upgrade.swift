import GustHTTP
import HTTPTypes
import NIOCore

/// Hands a connection over to WebSocket.
extension HTTPConnectionHandler {
    func upgrade(
        to upgrade: WebSocketUpgrade,
        _ response: Response,
        _ request: Request,
        _ exchange: HTTPExchange
    ) {
        guard let context else { return }
        guard !exchange.hasRequestBody else {
            // The refusal must not depend on how TCP cut the body into segments.
            return refuse(HTTPError(.badRequest, "an upgrade with a body"), exchange, request)
        }
        if let takeover = upgrade.takeover { return takeOver(takeover, response, context) }
        let outcome = WebSocketHandshake.accept(
            request,
            upgrade,
            dialects: server.dialects,
            compression: loop.compression
        )
        switch outcome {
        case .failure(let error):
            refuse(error, exchange, request)
        case .success(let acceptance):
            endExchange()
            write { HTTPResponseEncoder.write(acceptance, response.headers, into: &$0) }
            hand(over: upgrade, acceptance, context)
        }
    }

    /// Writes the head of somebody else's response, and hands the connection over to the receiver of its bytes.
    private func takeOver(_ takeover: ConnectionTakeover, _ response: Response, _ context: ChannelHandlerContext) {
        endExchange()
        write { HTTPResponseEncoder.write(takeover.head, response.headers, into: &$0) }
        writeOutput()
        hand(over: ByteChannelHandler(loop, TimeAmount(server.limits.writeTimeout), open: takeover.open), context)
    }

    private func endExchange() {
        // Another handler sends what this one has written from here on.
        if !confirmations.isEmpty { flushOutput() }
        exchange = nil
        parts = HTTPExchangeParts()
        handle(.upgrade)
    }

    /// Answers and closes the connection: the bytes after a refused upgrade may not be HTTP.
    private func refuse(_ error: HTTPError, _ exchange: HTTPExchange, _ request: Request) {
        var response = error.response
        response.headers[.connection] = "close"
        send(response, for: exchange, request)
    }

    func hand(
        over upgrade: WebSocketUpgrade,
        _ acceptance: WebSocketHandshake.Acceptance,
        _ context: ChannelHandlerContext
    ) {
        let webSocket = WebSocketChannelHandler(acceptance.framing, server, loop: loop, socket: socket)
        guard let challenge = acceptance.challenge else {
            // The WebSocket sends its first frames and the head before them in one write.
            let head = output.take()
            return hand(over: webSocket, context) { webSocket.begin(after: head, upgrade.open) }
        }
        writeOutput()
        let timeout = TimeAmount(server.limits.headTimeout)
        hand(over: Hixie76Handler(challenge, webSocket, upgrade.open, loop: loop, timeout: timeout), context)
    }

    /// Puts `successor` in the place of this handler, calls `begin`, and passes on the bytes that have been received behind the request.
    private func hand(
        over successor: any ChannelHandler,
        _ context: ChannelHandlerContext,
        begin: () -> Void = {}
    ) {
        let rest = input
        input = ByteBuffer()
        do {
            try context.pipeline.syncOperations.addHandler(successor, position: .after(self))
        } catch {
            return context.close(mode: .all, promise: nil)
        }
        begin()
        // Bytes that arrived together with the request are frames of the WebSocket.
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
