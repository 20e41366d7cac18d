import GustHTTP
import GustSessions
import GustWire
import NIOCore
import Synchronization

/// Opening a connection, joining a namespace, and upgrading the transport.
extension TestSocket {
    /// Waits for the packet or message that contains the sid, and returns the sid.
    func takeGreeting(_ greeting: ClientGrammar.Greeting) async throws -> String {
        let carrier = state.withLock { $0.carrier }
        let frame = try await client.access.wait(for: "the sid") { try await carrier.nextIfAny() }
        guard case .text(let bytes) = frame else { throw TestError.unexpected("\(frame)") }
        let text = String(buffer: bytes)
        if greeting == .message {
            // ~m~26~m~<sid>, and packets that were sent directly behind it, if any.
            // bytes: the mark of the framing of 0.6, which is ASCII
            let mark = text.utf8.dropFirst(3).firstRange(of: "~m~".utf8)
            guard let mark, let length = Int(text[..<mark.lowerBound].dropFirst(3)) else {
                throw TestError.unexpected(text)
            }
            // An identifier is ASCII, so its length in UTF-16 code units is its length in bytes.
            let end = text.utf8.index(mark.upperBound, offsetBy: length, limitedBy: text.endIndex) ?? text.endIndex
            let sid = String(text[mark.upperBound..<end])
            let rest = text[end...]
            try state.withLock { state in
                state.sid = sid
                state.session = sid
                var answers: [Packet] = []
                var packets: [Packet] = []
                try state.decoder.decode(.text(ByteBuffer(substring: rest))) { packets.append($0) }
                for packet in packets { try take(packet, &state, &answers) }
            }
            return sid
        }
        guard text.hasBytePrefix("0{"), let start = text.utf8.firstRange(of: #""sid":""#.utf8)?.upperBound,
            let end = text.utf8[start...].firstIndex(of: UInt8(ascii: "\""))
        else { throw TestError.unexpected(text) }
        let sid = String(text[start..<end])
        state.withLock { $0.session = sid }
        return sid
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
