import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// Opens the session that a request asks for, as an answer to that request.
struct ConnectionOpening {
    let io: SocketIO
    let address: Address
    let shard: LoopShard

    /// Opens a connection over a transport, with the kind of response that carries the transport's frames.
    func open(
        _ transport: TransportDescriptor,
        _ sid: String,
        _ handshake: SocketHandshake,
        _ request: Request
    ) -> Response {
        switch transport.kind {
        case .polling: openPolling(transport.name, sid, handshake, request)
        case .streaming: openStreaming(transport.name, sid, handshake)
        case .webSocket: openWebSocket(transport.name, sid, handshake)
        }
    }

    private func openPolling(
        _ name: String,
        _ sid: String,
        _ handshake: SocketHandshake,
        _ request: Request
    ) -> Response {
        // The first response is long too if an event is sent from `onConnect`.
        let encoding = PollEncoding(
            io.settings.pollCompression,
            isCompressible: address.revision.rules.compressesPolls,
            request
        )
        let transport = PollingTransport(
            name: name,
            payload: address.revision.payload,
            supportsBinary: !address.wantsBase64
        )
        let connection = connection(sid, handshake, transport)
        let poll = PendingPoll(of: connection, address, on: request.eventLoop, encoding: encoding)
        return poll.response { [io] poll, connection in
            _ = transport.attach(poll)
            io.accept(connection) { PollingExchange.attached(poll, to: $0) }
        }
    }

    private func openStreaming(_ name: String, _ sid: String, _ handshake: SocketHandshake) -> Response {
        let transport = StreamingTransport(name: name, payload: address.revision.payload)
        let connection = connection(sid, handshake, transport)
        return Response(
            body: .stream { writer in
                let answer = StreamedAnswer(writer, envelope: address.envelope)
                transport.attach(answer, of: connection)
                io.accept(connection) { $0.flush() }
            }
        )
    }

    private func openWebSocket(_ name: String, _ sid: String, _ handshake: SocketHandshake) -> Response {
        handOver { webSocket in
            let carrier = carrier(name, webSocket)
            let connection = connection(sid, handshake, carrier)
            carrier.carry(connection)
            io.accept(connection) { _ in }
            return carrier
        }
    }

    /// Offers the WebSocket of `transport` to a connection that polls; refuses it if `transport` is of another kind.
    func upgrade(_ connection: Connection, to transport: TransportDescriptor) -> Response {
        handOver { webSocket in
            let carrier = carrier(transport.name, webSocket)
            if transport.kind == .webSocket, io.settings.allowsUpgrades {
                carrier.offer(to: connection)
            } else {
                carrier.refuseCandidate()
            }
            return carrier
        }
    }

    private func carrier(_ name: String, _ webSocket: any WebSocketConnection) -> ConnectionWebSocket {
        ConnectionWebSocket(
            name: name,
            webSocket: webSocket,
            shard: shard,
            textRevision: address.wantsBase64 ? address.revision : nil
        )
    }

    private func connection(_ sid: String, _ handshake: SocketHandshake, _ transport: any Transport) -> Connection {
        Connection(
            sid: sid,
            io: io,
            revision: address.revision,
            handshake: handshake,
            transport: transport,
            shard: shard
        )
    }

    private func handOver(_ open: @escaping @Sendable (any WebSocketConnection) -> any WebSocketReceiver) -> Response {
        Response(
            status: .switchingProtocols,
            body: .upgrade(
                WebSocketUpgrade(
                    maximumMessageSize: io.settings.maximumPayload,
                    deflate: io.settings.deflate,
                    open: open
                )
            )
        )
    }
}
