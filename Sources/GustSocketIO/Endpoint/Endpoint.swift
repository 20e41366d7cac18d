import GustHTTP
import GustWire
import HTTPTypes
import Logging
import NIOCore

/// The handler on a Socket.IO route: tells generations apart, checks, and hands over to connections.
///
/// Never waits but for the client's files, so it costs no task. Source of the checks and their order: engine.io 6.6
/// (`lib/server.ts`), socket.io 0.9.19 (`lib/manager.js`), LearnBoost/socket.io 0.6.17 (`lib/socket.io/listener.js`).
struct Endpoint: SelfCheckingHandler {
    let io: SocketIO
    let clientFiles: ClientFiles

    var problem: String? { (clientFiles.handler as? any SelfCheckingHandler)?.problem }

    func answer(_ request: Request) -> Answer {
        let tail = EndpointPattern.tail(of: request.captures)
        if let file = clientFiles.handler(for: tail, request) { return file.handler.answer(file.request) }
        return .ready(answer(request, tail))
    }

    func shutDown() { io.close() }

    private func answer(_ request: Request, _ tail: String) -> Response {
        let query = request.query
        let parts = AddressParts(path: tail) { query[$0] }
        for revision in Revision.all {
            guard let address = revision.address(parts) else { continue }
            let origin = CrossOrigin(request: request, address: address, origins: io.settings.origins)
            if let answer = origin.preflight { return answer }
            guard io.settings.revisions.contains(revision) else {
                return refuse(request, address, .unsupportedVersion)
            }
            if let refusal = request.crossSiteRefusal { return refuse(request, address, .forbidden(refusal.message)) }
            guard origin.isAdmitted else { return refuse(request, address, .forbidden("origin not allowed")) }
            return origin.sharing(respond(to: request, at: address))
        }
        return HTTPError(
            .badRequest,
            "not a Socket.IO request: a client names its transport in the query (1.x and later) or in the path"
        ).response
    }

    private func respond(to request: Request, at address: Address) -> Response {
        switch address.purpose {
        case .unsupported: return refuse(request, address, .unsupportedVersion)
        case .handshake: return announce(request, address)
        case .disconnect:
            if let connection = address.sid.flatMap({ io.connections[$0] }), connection.revision.covers(address) {
                connection.run { $0.transportEnded(.clientNamespaceDisconnect) }
            }
            return Response()
        case .transport: break
        }
        guard let transport = address.transport,
            io.settings.transports.contains(transport.name),
            EnabledProtocols.names(for: request)?.contains(transport.name) ?? true
        else { return refuse(request, address, .unknownTransport) }
        guard let sid = address.sid else { return begin(request, address, transport) }
        guard let connection = io.connections[sid], connection.revision.covers(address) else {
            return beginAnnounced(sid, request, address, transport)
        }
        return goOn(with: connection, request, address, transport)
    }

    /// A request of a session that has its transport.
    private func goOn(
        with connection: Connection,
        _ request: Request,
        _ address: Address,
        _ transport: TransportDescriptor
    ) -> Response {
        let rules = address.revision.rules
        if request.isUpgrade(to: "websocket") {
            guard rules.allowsUpgrades else { return refuse(request, address, .badRequest) }
            return opening(address, io.shards.shard(for: request.executor)).upgrade(connection, to: transport)
        }
        guard transport.kind != .webSocket, rules.allowsUpgrades || connection.isCarried(by: transport.name) else {
            return refuse(request, address, .badRequest)
        }
        let envelope = address.envelope
        switch (request.method, transport.kind) {
        case (.get, .streaming): return StreamingExchange.stream(connection, envelope)
        case (.get, _): return PollingExchange.poll(connection, envelope)
        case (.post, _): return PollingExchange.post(request, connection, envelope)
        default: return Response(status: .methodNotAllowed, headers: [.allow: "GET, POST"])
        }
    }

    // MARK: Handshake

    /// Opens a session for a client that was told none.
    private func begin(
        _ request: Request,
        _ address: Address,
        _ transport: TransportDescriptor
    ) -> Response {
        guard address.revision.handshakeReply == nil else { return refuse(request, address, .unknownSession) }
        guard request.method == .get else { return refuse(request, address, .badHandshakeMethod) }
        guard request.isUpgrade(to: "websocket") == (transport.kind == .webSocket) else {
            return refuse(request, address, .badRequest)
        }
        if let refusal = refuseAdmission(request, address) { return refusal }
        let sid = ConnectionIdentifier.make(for: address.revision)
        let handshake = handshake(of: request)
        return opening(address, io.shards.shard(for: request.executor)).open(transport, sid, handshake)
    }

    /// Tells a client its session over HTTP, before it comes with a transport.
    private func announce(_ request: Request, _ address: Address) -> Response {
        let revision = address.revision
        guard request.method == .get || request.method == .post, let reply = revision.handshakeReply else {
            return refuse(request, address, .badHandshakeMethod)
        }
        if let refusal = refuseAdmission(request, address) { return refusal }
        let sid = ConnectionIdentifier.make(for: revision)
        let handshake = handshake(of: request)
        let lifetime = TimeAmount(revision.timing.handshakeTimeout ?? io.settings.connectTimeout)
        let eventLoop = request.executor.eventLoop
        guard io.announced.insert(handshake, sid, on: eventLoop, until: eventLoop.now + lifetime) else {
            return full(.announced, request)
        }
        let text = reply(io.handshake(sid: sid, revision, over: ""))
        guard let index = address.jsonpIndex else {
            return Response(headers: [.contentType: "text/plain"], body: .bytes(text))
        }
        return Response(
            headers: [.contentType: "application/javascript"],
            body: .bytes(revision.callback.call(index, with: text))
        )
    }

    /// Opens a session that its client was told before.
    private func beginAnnounced(
        _ sid: String,
        _ request: Request,
        _ address: Address,
        _ transport: TransportDescriptor
    ) -> Response {
        let isUpgrade = request.isUpgrade(to: "websocket")
        guard address.revision.handshakeReply != nil, request.method == .get else {
            return refuse(request, address, .unknownSession)
        }
        guard isUpgrade == (transport.kind == .webSocket) else { return refuse(request, address, .badRequest) }
        // Many may have been told a session while there was room.
        if let refusal = refuseIfFull(request) { return refusal }
        guard let handshake = io.announced.take(sid, at: request.executor.eventLoop.now) else {
            return refuse(request, address, .unknownSession)
        }
        return opening(address, io.shards.shard(for: request.executor)).open(transport, sid, handshake)
    }

    /// What is kept of the request that opens a connection.
    private func handshake(of request: Request) -> SocketHandshake {
        SocketHandshake(
            request,
            captures: EndpointPattern.userCaptures(request.captures),
            maximumSize: io.settings.maximumHandshakeSize
        )
    }

    private func opening(_ address: Address, _ shard: LoopShard) -> ConnectionOpening {
        ConnectionOpening(io: io, address: address, shard: shard)
    }

    private func refuse(_ request: Request, _ address: Address, _ refusal: Refusal) -> Response {
        EndpointRefusals(request: request, address: address, logger: io.logger).answer(refusal)
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
        io.reachedBound(for: request.peer).map { full($0, request) }
    }

    private func full(_ bound: RefusedConnections.Bound, _ request: Request) -> Response {
        io.refuseConnection(bound, on: request.executor.eventLoop)
        return HTTPError(.serviceUnavailable, "too many connections", headers: [.retryAfter: "5"]).response
    }
}
