import GustHTTP
import GustWire
import HTTPTypes
import Logging
import NIOCore

/// Handshakes: who is admitted, and what the first response has.
extension Endpoint {
    /// Opens a session for a client that was told none.
    func begin(
        _ request: Request,
        _ address: Address,
        _ transport: TransportDescriptor
    ) -> Answer {
        guard address.revision.handshakeReply == nil else {
            return .ready(refuse(request, address, .unknownSession))
        }
        guard request.method == .get else { return .ready(refuse(request, address, .badHandshakeMethod)) }
        guard request.isUpgrade(to: "websocket") == (transport.kind == .webSocket) else {
            return .ready(refuse(request, address, .badRequest, .handshakeError))
        }
        return admit(request, address, .opening(transport))
    }

    /// Tells a client its session over HTTP, before it comes with a transport.
    func announce(_ request: Request, _ address: Address) -> Answer {
        guard request.method == .get || request.method == .post, let reply = address.revision.handshakeReply else {
            return .ready(refuse(request, address, .badHandshakeMethod))
        }
        return admit(request, address, .announcing(reply))
    }

    /// What follows once the client of a handshake is admitted.
    private enum Admission {
        /// The connection is opened over the transport of the request.
        case opening(TransportDescriptor)
        /// The client is told its sid, and opens a transport by another request.
        case announcing(@Sendable (Handshake) -> ByteBuffer)
    }

    /// Asks the settings whether the client is admitted; only a closure that waits costs a task.
    private func admit(_ request: Request, _ address: Address, _ admission: Admission) -> Answer {
        if let refusal = refuseAdmission(request, address) { return .ready(refusal) }
        guard let admit = io.settings.admitAsynchronously else { return .ready(admitted(request, address, admission)) }
        return .pending {
            var failure: (any Error)?
            do { try await admit(request) } catch { failure = error }
            // If the client has left meanwhile, nothing would end its connection; this response isn't sent.
            guard !Task.isCancelled else { return Response(status: .serviceUnavailable) }
            if let failure { return refuse(request, address, .forbidden(failure.publicText(otherwise: ""))) }
            // Other connections were opened meanwhile.
            return refuseIfFull(request) ?? admitted(request, address, admission)
        }
    }

    private func admitted(_ request: Request, _ address: Address, _ admission: Admission) -> Response {
        let sid: String
        do {
            sid = try makeSID(for: request, address.revision)
        } catch {
            io.logger.error("no sid for a new connection: \(error)")
            return refuse(request, address, .badRequest, .identifierError(error))
        }
        var response: Response
        switch admission {
        case .opening(let transport):
            let opening = opening(address, io.shards.shard(for: request.executor))
            response = opening.open(transport, sid, handshake(of: request), request)
            if transport.kind != .webSocket { setCookie(sid, request, &response) }
        case .announcing(let reply):
            guard let announcement = announcement(sid, request, address, reply) else {
                return full(.announced, request)
            }
            response = announcement
            setCookie(sid, request, &response)
        }
        return edited(response, request, isInitial: true)
    }

    private func announcement(
        _ sid: String,
        _ request: Request,
        _ address: Address,
        _ reply: @Sendable (Handshake) -> ByteBuffer
    ) -> Response? {
        let revision = address.revision
        let handshake = handshake(of: request)
        let lifetime = TimeAmount(revision.timing.handshakeTimeout ?? io.settings.connectTimeout)
        let eventLoop = request.executor.eventLoop
        guard io.announced.insert(handshake, sid, on: eventLoop, until: eventLoop.now + lifetime) else { return nil }
        let text = reply(io.handshake(sid: sid, revision, over: ""))
        // A cache that sent the response again would give two clients one sid.
        guard let index = address.jsonpIndex else {
            return Response(headers: [.contentType: "text/plain", .cacheControl: "no-store"], body: .bytes(text))
        }
        return Response(
            headers: [.contentType: "application/javascript", .cacheControl: "no-store"],
            body: .bytes(revision.callback.call(index, with: text))
        )
    }

    private func makeSID(for request: Request, _ revision: Revision) throws -> String {
        // Other nodes find this one by the tag.
        let tag = io.settings.forwarder?.tag ?? ""
        guard let generateID = io.settings.generateID else { return tag + ConnectionIdentifier.make(for: revision) }
        let sid = tag + (try generateID(request))
        guard ConnectionIdentifier.isValid(sid) else { throw InvalidIdentifier.malformed }
        guard io.connections[sid] == nil, !io.announced.contains(sid) else { throw InvalidIdentifier.inUse }
        return sid
    }

    private func setCookie(_ sid: String, _ request: Request, _ response: inout Response) {
        guard var cookie = io.settings.cookie else { return }
        cookie.value = sid
        do {
            try response.setCookie(cookie, for: request)
        } catch {
            // `problem` has checked all parts but the sid, and a valid sid is a valid value.
            io.logger.error("the cookie wasn't set: \(error)")
        }
    }

    /// Opens a session that its client was told before.
    func beginAnnounced(
        _ sid: String,
        _ request: Request,
        _ address: Address,
        _ transport: TransportDescriptor
    ) -> Response {
        let isUpgrade = request.isUpgrade(to: "websocket")
        guard address.revision.handshakeReply != nil, request.method == .get else {
            return refuse(request, address, .unknownSession)
        }
        guard isUpgrade == (transport.kind == .webSocket) else {
            return refuse(request, address, .badRequest, .handshakeError)
        }
        // Many may have been told a session while there was room.
        if let refusal = refuseIfFull(request) { return refusal }
        guard let handshake = io.announced.take(sid, at: request.executor.eventLoop.now) else {
            return refuse(request, address, .unknownSession)
        }
        let opening = opening(address, io.shards.shard(for: request.executor))
        return edited(opening.open(transport, sid, handshake, request), request)
    }

    /// What is kept of the request that opens a connection.
    private func handshake(of request: Request) -> SocketHandshake {
        SocketHandshake(
            request,
            captures: EndpointPattern.userCaptures(request.captures),
            maximumSize: io.settings.maximumHandshakeSize,
            sharing: &io.shards.shard(for: request.executor).handshakeTexts
        )
    }

    private func refuseAdmission(_ request: Request, _ address: Address) -> Response? {
        do {
            try io.settings.admit?(request)
        } catch {
            return refuse(request, address, .forbidden(error.publicText(otherwise: "")))
        }
        let target = request.target
        guard target.path.utf8.count + (target.queryText?.utf8.count ?? 0) <= io.settings.maximumHandshakeSize
        else {
            return HTTPError(.uriTooLong).response
        }
        return refuseIfFull(request)
    }

    private func refuseIfFull(_ request: Request) -> Response? {
        io.reachedBound(for: request.peer, on: request.executor).map { full($0, request) }
    }

    private func full(_ bound: RefusedConnections.Bound, _ request: Request) -> Response {
        io.refuseConnection(bound, on: request.executor.eventLoop)
        let text =
            switch bound {
            case .lag, .memory: "the server is overloaded"
            case .connections, .address, .announced: "too many connections"
            case .shutdown: "the server is stopping"
            }
        let delay = io.settings.load.retryDelay()
        return HTTPError(.serviceUnavailable, text, headers: [.retryAfter: "\(delay)"]).response
    }
}
