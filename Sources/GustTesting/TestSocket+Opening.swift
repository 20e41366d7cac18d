import GustClientWire
import GustHTTP
import GustSessions
import GustWire
import NIOCore
import Synchronization

/// Opening a connection, joining a namespace, and upgrading the transport.
extension TestSocket {
    /// Waits for the packet or message that contains the sid, and returns the sid.
    func takeGreeting() async throws -> String {
        let carrier = state.withLock { $0.carrier }
        let frame = try await client.access.wait(for: "the sid") { try await carrier.nextIfAny() }
        let greeting = try ServerGreeting.read(frame, of: revision)
        try state.withLock { state in
            state.session = greeting.sid
            // In 0.6 the socket has the sid too, and packets may be sent directly behind it.
            guard greeting.handshake == nil else { return }
            state.sid = greeting.sid
            guard let rest = greeting.rest else { return }
            var answers: [Packet] = []
            var packets: [Packet] = []
            try state.decoder.decode(.text(rest)) { packets.append($0) }
            for packet in packets { try take(packet, &state, &answers) }
        }
        return greeting.sid
    }

    func join(_ namespace: String, auth: (any Encodable & Sendable)?) async throws {
        let payload = try auth.map { try JSONSlice.encode($0) }
        if revision.connectsImplicitly {
            // The server adds the client to `/` before the client sends anything.
            try await awaitAdmission()
            guard namespace != "/" else { return }
        }
        state.withLock { state in
            state.namespace = namespace
            state.sid = ""
        }
        try await send(.connect(namespace: namespace, query: nil, payload: payload))
        try await awaitAdmission()
    }

    private func awaitAdmission() async throws {
        let answer = try await wait(for: "the response to CONNECT") { state in
            guard state.sid.isEmpty else { return Received.message(.text(state.sid)) }
            // A client that continues its socket gets what it has missed before the response.
            return state.received.first { received in
                if case .event("connect_error", _, _) = received { true } else { received == .disconnected }
            }
        }
        if case .event("connect_error", let texts, _) = answer { throw TestError.unexpected(texts.joined()) }
        if answer == .disconnected { throw TestError.closed }
    }

    func upgrade(from polling: RequestTransportEnd, target: String) async throws {
        let webSocket = try await client.webSocket(target)
        try await webSocket.send("2probe")
        guard case .text("3probe") = try await webSocket.next() else { throw TestError.unexpected("no probe response") }
        try await polling.poll()
        polling.stop()
        // The packets of the last poll are received before the transport changes.
        try await client.access.wait(for: "the end of the last poll") {
            try await self.receive()
            return polling.isPolling ? nil : ()
        }
        try await webSocket.send("5")
        state.withLock { $0.carrier = WebSocketTransportEnd(webSocket: webSocket) }
    }
}
