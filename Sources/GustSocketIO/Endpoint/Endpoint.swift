import GustHTTP
import GustWire
import HTTPTypes
import Logging
import NIOCore
import Synchronization

/// The handler on a Socket.IO route: tells generations apart, checks, and hands over to connections.
///
/// Never waits but for the client's files, so it costs no task. Source of the checks and their order: engine.io 6.6
/// (`lib/server.ts`), socket.io 0.9.19 (`lib/manager.js`), LearnBoost/socket.io 0.6.17 (`lib/socket.io/listener.js`).
struct Endpoint: SelfCheckingHandler, DrainingHandler {
    let io: SocketIO
    let clientFiles: ClientFiles

    var problem: String? {
        if let problem = (clientFiles.handler as? any SelfCheckingHandler)?.problem { return problem }
        do { try io.settings.cookie?.check() } catch { return "the cookie of a Socket.IO server is invalid: \(error)" }
        return nil
    }

    func answer(_ request: Request) -> Answer {
        let tail = EndpointPattern.tail(of: request.captures)
        if clientFiles.has(tail), let file = clientFiles.handler(for: tail, request) {
            return file.handler.answer(file.request)
        }
        return answer(request, tail)
    }

    func shutDown() { io.close() }

    func drain(over window: Duration) { io.drain(over: window) }

    private func answer(_ request: Request, _ tail: String) -> Answer {
        let parts = AddressParts(path: tail, query: AddressQuery(request.query))
        for revision in Revision.all {
            if let address = revision.address(parts) { return answer(request, address, of: revision, tail) }
        }
        let error = HTTPError(
            .badRequest,
            "not a Socket.IO request: a client names its transport in the query (1.x and later) or in the path"
        )
        return .ready(error.response)
    }

    private func answer(_ request: Request, _ address: Address, of revision: Revision, _ tail: String) -> Answer {
        let origin = CrossOrigin(request: request, address: address, origins: io.settings.origins)
        if let answer = origin.preflight(request) { return .ready(answer) }
        guard io.settings.revisions.contains(revision) else {
            return .ready(refuse(request, address, .unsupportedVersion))
        }
        if let refusal = request.crossSiteRefusal {
            return .ready(refuse(request, address, .forbidden(refusal.message)))
        }
        guard origin.isAdmitted else { return .ready(refuse(request, address, .forbidden("origin not allowed"))) }
        if let forwarder = io.settings.forwarder, forwarder.hasReservedField(request) {
            return .ready(refuse(request, address, .badRequest))
        }
        return respond(to: request, at: address, forwarding: tail)
            .edited(with: origin) { response, origin in origin.share(&response) }
    }

    /// Answers a request whose origin has been checked; `tail` is nil if the request isn't forwarded to another node.
    func respond(to request: Request, at address: Address, forwarding tail: String? = nil) -> Answer {
        switch address.purpose {
        case .unsupported: return .ready(refuse(request, address, .unsupportedVersion))
        case .handshake: return announce(request, address)
        case .disconnect:
            if let connection = address.sid.flatMap({ io.connections[$0] }), connection.revision.covers(address) {
                connection.run { $0.transportEnded(.clientNamespaceDisconnect) }
                return .ready(Response())
            }
            return forward(request, address, tail) ?? .ready(Response())
        case .transport: break
        }
        guard let transport = address.transport,
            io.offers(transport),
            EnabledTransports.names(for: request)?.contains(transport.name) ?? true
        else { return .ready(refuse(request, address, .unknownTransport)) }
        guard let sid = address.sid else { return begin(request, address, transport) }
        guard let connection = io.connections[sid], connection.revision.covers(address) else {
            if let answer = forward(request, address, tail) { return answer }
            return .ready(beginAnnounced(sid, request, address, transport))
        }
        return .ready(goOn(with: connection, request, address, transport))
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
            let opening = opening(address, io.shards.shard(for: request.executor))
            return edited(opening.upgrade(connection, to: transport), request)
        }
        guard transport.kind != .webSocket, rules.allowsUpgrades || connection.isCarried(by: transport.name) else {
            let current = connection.transportName
            return refuse(request, address, .badRequest, .mismatch(transport.name, current))
        }
        switch (request.method, transport.kind) {
        case (.get, .streaming): return edited(StreamingExchange.stream(connection, address.envelope), request)
        case (.get, _): return edited(PollingExchange.poll(request, connection, address), request)
        case (.post, _):
            let response = PollingExchange.post(request, connection, address)
            return io.settings.headers == nil ? response : keepingType(response) { edited($0, request) }
        default: return Response(status: .methodNotAllowed, headers: [.allow: "GET, POST"])
        }
    }

    /// A response of a connection with the changes of the settings' closures.
    func edited(_ response: consuming Response, _ request: Request, isInitial: Bool = false) -> Response {
        // The settings are read member by member: a copy of them retains each of their objects.
        if isInitial { io.settings.initialHeaders?(&response.headers, request) }
        io.settings.headers?(&response.headers, request)
        return response
    }

    /// A response after a change, with the media type that it had before, because that is part of the protocol.
    private func keepingType(_ response: Response, _ change: (Response) -> Response) -> Response {
        var changed = change(response)
        changed.headers[.contentType] = response.headers[.contentType]
        return changed
    }

    func opening(_ address: Address, _ shard: LoopShard) -> ConnectionOpening {
        ConnectionOpening(io: io, address: address, shard: shard)
    }

    func refuse(
        _ request: Request,
        _ address: Address,
        _ refusal: Refusal,
        _ cause: RefusedRequest.Cause = .plain
    ) -> Response {
        if refusal == .unknownSession {
            let isForwarding = io.settings.forwarder != nil
            io.unknownSessions.note(on: request.executor.eventLoop, io.logger, isForwarding: isForwarding)
        }
        io.notifyRefusal { RefusedRequest(request, address, refusal, cause) }
        return EndpointRefusals(request: request, address: address, logger: io.logger).answer(refusal)
    }
}
