import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// Opens the session that a request asks for, as an answer to that request.
struct ConnectionOpening {
    let io: SocketIO
    let address: Address
    let shard: LoopShard

    /// Opens a session over the transport of that kind.
    func open(_ kind: TransportKind, _ sid: String, _ handshake: SocketHandshake) -> Response {
        switch kind {
        case .polling: openPolling(sid, handshake)
        case .streaming: openStreaming(sid, handshake)
        case .webSocket: openWebSocket(sid, handshake)
        }
    }

    private func openPolling(_ sid: String, _ handshake: SocketHandshake) -> Response {
        let transport = PollingTransport(
            name: address.transport,
            payload: address.revision.payload,
            supportsBinary: !address.wantsBase64
        )
        let connection = connection(sid, handshake, transport)
        return Response(
            body: .stream { writer in
                let poll = PendingPoll(writer, envelope: .envelope(for: address))
                _ = transport.attach(poll, of: connection)
                io.accept(connection) { PollingExchange.attached(poll, to: $0, transport) }
            }
        )
    }

    private func openStreaming(_ sid: String, _ handshake: SocketHandshake) -> Response {
        let transport = StreamingTransport(name: address.transport, payload: address.revision.payload)
        let connection = connection(sid, handshake, transport)
        return Response(
            body: .stream { writer in
                let answer = StreamedAnswer(writer, envelope: .envelope(for: address))
                transport.attach(answer, of: connection)
                io.accept(connection) { $0.flush() }
            }
        )
    }

    private func openWebSocket(_ sid: String, _ handshake: SocketHandshake) -> Response {
        handOver { webSocket in
            let carrier = carrier(webSocket)
            let connection = connection(sid, handshake, carrier.makeTransport())
            carrier.carry(connection)
            io.accept(connection) { _ in }
            return carrier
        }
    }

    /// Offers a WebSocket to a session that polls.
    func upgrade(_ connection: Connection) -> Response {
        handOver { webSocket in
            let carrier = carrier(webSocket)
            if address.transport == "websocket", io.settings.allowsUpgrades {
                carrier.offer(to: connection)
            } else {
                carrier.refuse()
            }
            return carrier
        }
    }

    private func carrier(_ webSocket: any WebSocket) -> ConnectionWebSocket {
        ConnectionWebSocket(
            name: address.transport,
            webSocket: webSocket,
            shard: shard,
            binaryText: address.wantsBase64 ? address.revision.payload : nil
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

    private func handOver(_ open: @escaping @Sendable (any WebSocket) -> any WebSocketReceiver) -> Response {
        Response(
            status: .switchingProtocols,
            body: .upgrade(
                WebSocketUpgrade(
                    maximumMessageSize: io.settings.maximumPayload,
                    allowsDeflate: io.settings.allowsDeflate,
                    open: open
                )
            )
        )
    }
}
