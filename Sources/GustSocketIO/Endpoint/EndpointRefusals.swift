import GustHTTP
import GustWire
import HTTPTypes
import Logging
import NIOCore

/// Says no to one request, in the words of its generation and in the dress of its transport.
struct EndpointRefusals {
    let request: Request
    let address: Address
    let logger: Logger

    /// The answer.
    func answer(_ refusal: Refusal) -> Response {
        logger.debug("refused a request", metadata: ["path": "\(request.path)", "why": "\(refusal)"])
        let body = address.revision.refusal(refusal)
        if request.isUpgrade(to: "websocket") {
            return body.isPayload ? sayingOverWebSocket(body) : refusedUpgrade(body)
        }
        if body.isPayload { return dressed(body) }
        if address.purpose != .transport, let index = address.jsonpIndex {
            // A script is only run if its status is 200.
            return Response(
                headers: [.contentType: "application/javascript"],
                body: .bytes(address.revision.callback.call(index, withError: body.message))
            )
        }
        return Response(
            status: body.httpStatus,
            headers: [.contentType: body.contentType],
            body: .bytes(body.body)
        )
    }

    /// A refusal that is a packet, as the transport carries packets.
    private func dressed(_ body: RefusalBody) -> Response {
        let envelope = address.envelope
        var bytes = envelope.opening
        bytes.writeImmutableBuffer(envelope.wrap(body.body))
        return Response(
            status: body.httpStatus,
            headers: [.contentType: envelope.contentType],
            body: .bytes(bytes)
        )
    }

    /// A refused upgrade says its text only, and the connection ends (engine.io 6.6, `lib/server.ts`, `abortUpgrade`).
    private func refusedUpgrade(_ body: RefusalBody) -> Response {
        Response(
            status: .badRequest,
            headers: [.contentType: "text/html", .connection: "close"],
            body: .bytes(ByteBuffer(string: body.message))
        )
    }

    /// A client that only listens to packets is told by one.
    private func sayingOverWebSocket(_ body: RefusalBody) -> Response {
        let upgrade = WebSocketUpgrade { webSocket in
            webSocket.send(text: body.body)
            webSocket.close()
            return WebSocketEvents()
        }
        return Response(status: .switchingProtocols, body: .upgrade(upgrade))
    }
}
