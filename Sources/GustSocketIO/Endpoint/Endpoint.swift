import GustHTTP
import GustWire
import HTTPTypes
import Logging
import NIOCore

/// The handler on a Socket.IO route: tells generations apart, checks, and hands over to connections.
///
/// Never waits but for the client's files, so it costs no task. Source of the checks and their order: `modern.md` §2.
struct Endpoint: Handler {
    let server: SocketIO
    let clientFiles: ClientFiles

    func respond(to request: Request) async throws -> Response {
        if let file = clientFiles.handler(for: tail(of: request), request) {
            return try await file.handler.respond(to: file.request)
        }
        return answer(request)
    }

    func respondInPlace(to request: Request) throws -> Response? {
        if let file = clientFiles.handler(for: tail(of: request), request) {
            return try file.handler.respondInPlace(to: file.request)
        }
        return answer(request)
    }

    func shutDown() { server.close() }

    private func tail(of request: Request) -> String { request.captures[EndpointPattern.tailName] ?? "" }

    private func answer(_ request: Request) -> Response {
        let query = request.query
        let parts = AddressParts(path: tail(of: request)) { query[$0] }
        for revision in Revision.known {
            guard let address = revision.address(parts) else { continue }
            guard server.settings.revisions.contains(revision) else {
                return refuse(.unsupportedVersion, revision, request)
            }
            return respond(to: request, at: address)
        }
        return HTTPError(.notFound, "no Socket.IO request").response
    }

    private func respond(to request: Request, at address: Address) -> Response {
        let revision = address.revision
        guard server.settings.transports.contains(address.transport) else {
            return refuse(.unknownTransport, revision, request)
        }
        let isUpgrade = request.isUpgrade(to: "websocket")
        guard let sid = address.sid else { return handshake(request, address, isUpgrade: isUpgrade) }
        guard let connection = server.connections[sid], connection.speaks(revision) else {
            return refuse(.unknownSession, revision, request)
        }
        if isUpgrade { return upgrade(request, address, connection) }
        guard address.transport != "websocket" else { return refuse(.badRequest, revision, request) }
        switch request.method {
        case .get: return PollingExchange.poll(connection, .envelope(for: address))
        case .post: return PollingExchange.post(request, connection, .envelope(for: address))
        default:
            return Response(status: .methodNotAllowed, headers: [.allow: "GET, POST"])
        }
    }

    // MARK: Handshake

    private func handshake(_ request: Request, _ address: Address, isUpgrade: Bool) -> Response {
        let revision = address.revision
        guard request.method == .get else { return refuse(.badHandshakeMethod, revision, request) }
        guard isUpgrade == (address.transport == "websocket") else { return refuse(.badRequest, revision, request) }
        do {
            try server.settings.admit?(request)
        } catch {
            return refuse(.forbidden((error as? HTTPError)?.message ?? "\(error)"), revision, request)
        }
        guard server.hasRoom else {
            return HTTPError(.serviceUnavailable, "too many connections", headers: [.retryAfter: "5"]).response
        }
        let handshake = SocketHandshake(request, captures: EndpointPattern.userCaptures(request.captures))
        let shard = server.shards.shard(for: request.executor)
        return isUpgrade ? openWebSocket(address, handshake, shard) : openPolling(address, handshake, shard)
    }

    private func openPolling(_ address: Address, _ handshake: SocketHandshake, _ shard: LoopShard) -> Response {
        let transport = PollingTransport(
            name: address.transport,
            payload: address.revision.payload,
            supportsBinary: !address.wantsBase64
        )
        let connection = Connection(
            sid: SessionIdentifier.make(),
            server: server,
            revision: address.revision,
            handshake: handshake,
            transport: transport,
            shard: shard
        )
        return Response(
            body: .stream { writer in
                _ = transport.attach(PendingPoll(writer, envelope: .envelope(for: address)))
                server.accept(connection)
                connection.flush()
            }
        )
    }

    private func openWebSocket(_ address: Address, _ handshake: SocketHandshake, _ shard: LoopShard) -> Response {
        Response(
            status: .switchingProtocols,
            body: .upgrade(
                webSocketUpgrade { webSocket in
                    let carrier = WebSocketCarrier(name: address.transport, webSocket: webSocket, shard: shard)
                    let connection = Connection(
                        sid: SessionIdentifier.make(),
                        server: server,
                        revision: address.revision,
                        handshake: handshake,
                        transport: WebSocketTransport(name: address.transport, webSocket: webSocket),
                        shard: shard
                    )
                    carrier.carry(connection)
                    server.accept(connection)
                    return carrier
                }
            )
        )
    }

    // MARK: Upgrade

    private func upgrade(_ request: Request, _ address: Address, _ connection: Connection) -> Response {
        let shard = server.shards.shard(for: request.executor)
        return Response(
            status: .switchingProtocols,
            body: .upgrade(
                webSocketUpgrade { webSocket in
                    let carrier = WebSocketCarrier(name: address.transport, webSocket: webSocket, shard: shard)
                    if address.transport == "websocket", server.settings.allowsUpgrades {
                        carrier.offer(to: connection)
                    } else {
                        carrier.refuse()
                    }
                    return carrier
                }
            )
        )
    }

    private func webSocketUpgrade(
        _ open: @escaping @Sendable (any WebSocket) -> any WebSocketReceiver
    ) -> WebSocketUpgrade {
        WebSocketUpgrade(
            maximumMessageSize: server.settings.maximumPayload,
            allowsDeflate: server.settings.allowsDeflate,
            open: open
        )
    }

    // MARK: Refusals

    private func refuse(_ refusal: Refusal, _ revision: Revision, _ request: Request) -> Response {
        server.logger.debug("refused a request", metadata: ["path": "\(request.path)", "why": "\(refusal)"])
        let body = revision.refusal(refusal)
        if request.isUpgrade(to: "websocket") {
            // A refused upgrade says its text only, and the connection ends (modern.md §2).
            return Response(
                status: .badRequest,
                headers: [.contentType: "text/html", .connection: "close"],
                body: .bytes(ByteBuffer(string: body.message))
            )
        }
        return Response(
            status: body.status == 403 ? .forbidden : .badRequest,
            headers: [.contentType: body.contentType],
            body: .bytes(body.body)
        )
    }
}
