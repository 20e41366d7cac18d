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
        if let file = clientFiles.handler(for: tail, request) { return file.handler.answer(file.request) }
        return answer(request, tail)
    }

    func shutDown() { io.close() }

    func drain(over window: Duration) { io.drain(over: window) }

    private func answer(_ request: Request, _ tail: String) -> Answer {
        let query = request.query
        let parts = AddressParts(path: tail) { query[$0] }
        for revision in Revision.all {
            guard let address = revision.address(parts) else { continue }
            let origin = CrossOrigin(request: request, address: address, origins: io.settings.origins)
            if let answer = origin.preflight { return .ready(answer) }
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
            switch respond(to: request, at: address, forwarding: tail) {
            case .ready(let response): return .ready(origin.sharing(response))
            case let later: return later.map { origin.sharing($0) }
            }
        }
        let error = HTTPError(
            .badRequest,
            "not a Socket.IO request: a client names its transport in the query (1.x and later) or in the path"
        )
        return .ready(error.response)
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
            io.settings.transports.contains(transport.name),
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
            let current = connection.transportName.withLock { $0 }
            return refuse(request, address, .badRequest, .mismatch(transport.name, current))
        }
        let envelope = address.envelope
        switch (request.method, transport.kind) {
        case (.get, .streaming): return edited(StreamingExchange.stream(connection, envelope), request)
        case (.get, _): return edited(PollingExchange.poll(request, connection, address), request)
        case (.post, _): return edited(PollingExchange.post(request, connection, address), request)
        default: return Response(status: .methodNotAllowed, headers: [.allow: "GET, POST"])
        }
    }

    /// A response of a connection with the changes of the settings' closures.
    func edited(_ response: Response, _ request: Request, isInitial: Bool = false) -> Response {
        // The settings are read member by member: a copy of them retains each of their objects.
        let initial = isInitial ? io.settings.initialHeaders : nil
        guard initial != nil || io.settings.headers != nil else { return response }
        var response = response
        initial?(&response.headers, request)
        io.settings.headers?(&response.headers, request)
        return response
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
