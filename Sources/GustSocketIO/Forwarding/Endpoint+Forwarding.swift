import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// Requests of connections that live on other nodes.
extension Endpoint: ForwardedHandler {
    var serverExtension: (any ServerExtension)? { io.settings.forwarder }

    func answer(forwarded request: Request, tail: String) -> Answer {
        guard let address = address(of: request, tail: tail) else {
            return .failed(HTTPError(.badRequest, "not a Socket.IO request"))
        }
        return answer(request, at: address)
    }

    func answerIfConnected(forwarded request: Request, tail: String) -> Answer? {
        guard let address = address(of: request, tail: tail), let sid = address.sid,
            io.connections[sid] != nil || io.announced.contains(sid)
        else { return nil }
        return answer(request, at: address)
    }

    private func answer(_ request: Request, at address: Address) -> Answer {
        guard request.method == .release else { return respond(to: request, at: address) }
        if let connection = address.sid.flatMap({ io.connections[$0] }), connection.revision.covers(address) {
            connection.run { connection in
                (connection.transport as? PollingTransport)?.release(saying: connection.releasingFrame)
            }
        }
        return .ready(Response())
    }

    /// What a request addresses that belongs to a connection; nil for any other request.
    private func address(of request: Request, tail: String) -> Address? {
        let parts = AddressParts(path: tail, query: AddressQuery(request.query))
        for revision in io.settings.revisions {
            guard let address = revision.address(parts) else { continue }
            return address.sid == nil ? nil : address
        }
        return nil
    }

    /// The answer of another node; nil if the sid isn't one of another node, or nothing is forwarded.
    func forward(_ request: Request, _ address: Address, _ tail: String?) -> Answer? {
        guard let tail, let forwarder = io.settings.forwarder, let sid = address.sid,
            request.method == .get || request.method == .post, forwarder.mayBeForeign(sid)
        else { return nil }
        // A response without end would keep two nodes busy, and a bus from its other work. The client tries its next transport.
        if address.transport?.kind == .streaming, request.method == .get {
            return .ready(refuse(request, address, .unknownTransport))
        }
        let times = io.settings.times(of: address.revision)
        let poll = io.settings.pollDuration ?? address.revision.timing.pollDuration ?? .zero
        return forwarder.answer(
            ForwardedCall(
                request: request,
                sid: sid,
                tail: tail,
                maximumBody: io.settings.maximumPayload,
                // A node answers a poll by the next heartbeat, and ends a connection whose client doesn't answer that.
                deadline: TimeAmount(max(times.pingInterval + times.pingTimeout, poll) + .seconds(10)),
                isUpgrade: request.isUpgrade(to: "websocket"),
                unknown: { refuse(request, address, .unknownSession) }
            )
        )
    }
}
