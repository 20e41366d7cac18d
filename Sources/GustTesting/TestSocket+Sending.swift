import GustHTTP
public import GustWire
import NIOCore
import Synchronization

/// Sending as the client: events, messages, acknowledgements, heartbeats, and the end of the connection.
extension TestSocket {
    /// Sends an event.
    public func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        let arguments = try Self.arguments(repeat each value)
        let namespace = state.withLock { $0.namespace }
        try await send(.event(namespace: namespace, id: nil, name: name, arguments: arguments))
    }

    /// Sends an event and waits for its acknowledgement.
    ///
    /// - Returns: the arguments of the acknowledgement as JSON texts.
    /// - Throws: ``TestError/timedOut(_:)`` if none is received in time.
    public func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value
    ) async throws -> [String] {
        try await acknowledgement(of: name, repeat each value).texts
    }

    /// Sends an event and waits for its acknowledgement.
    func acknowledgement<each Value: Encodable>(
        of name: String,
        _ value: repeat each Value
    ) async throws -> Arguments {
        let arguments = try Self.arguments(repeat each value)
        let (id, namespace) = state.withLock { state in
            defer { state.nextID += 1 }
            return (state.nextID, state.namespace)
        }
        try await send(.event(namespace: namespace, id: id, name: name, arguments: arguments))
        return try await wait(for: "an acknowledgement") { $0.acknowledgements.removeValue(forKey: id) }
    }

    /// Waits for an event that requests an acknowledgement, and acknowledges the oldest one.
    public func acknowledge<each Value: Encodable>(_ value: repeat each Value) async throws {
        try await acknowledge(with: try Self.arguments(repeat each value))
    }

    func acknowledge(with arguments: Arguments) async throws {
        let request = try await wait(for: "an event that requests an acknowledgement") {
            $0.requests.isEmpty ? nil : $0.requests.removeFirst()
        }
        let namespace = state.withLock { $0.namespace }
        try await send(.acknowledgement(namespace: namespace, id: request.id, arguments: arguments))
    }

    /// Sends a text message; in a revision with events, as the event `message`.
    public func send(_ text: String) async throws {
        let namespace = state.withLock { $0.namespace }
        try await send(.message(namespace: namespace, id: nil, .text(text)))
    }

    /// Sends text messages as one batch; a polling client sends them in one `POST`.
    public func send(batch texts: [String]) async throws {
        let (codec, namespace) = state.withLock { ($0.decoder, $0.namespace) }
        let frames = texts.map { text in
            var frame = ByteBuffer()
            codec.encode(.message(namespace: namespace, id: nil, .text(text)), into: &frame)
            return Frame.text(frame)
        }
        try await state.withLock { $0.carrier }.send(frames)
    }

    /// Sends a message of any kind.
    public func send(_ message: Message) async throws {
        let namespace = state.withLock { $0.namespace }
        try await send(.message(namespace: namespace, id: nil, message))
    }

    /// Sends text frames as one batch without encoding them, such as invalid packets.
    public func sendRaw(_ frames: String...) async throws {
        let carrier = state.withLock { $0.carrier }
        try await carrier.send(frames.map { .text(ByteBuffer(string: $0)) })
    }

    /// Leaves the namespace.
    public func disconnect() async throws {
        let namespace = state.withLock { $0.namespace }
        try await send(.disconnect(namespace: namespace))
    }

    /// Sends a ping if the clients of the revision send the pings; does nothing otherwise.
    public func heartbeat() async throws {
        if revision.heartbeat == .clientPings { try await send(.ping(probe: false)) }
    }

    /// Waits for the next heartbeat, after sending a ping if the clients of the revision send the pings.
    ///
    /// - Throws: ``TestError/timedOut(_:)`` if there is none in time, as over the polls of 0.6 and 0.9.
    public func nextHeartbeat() async throws {
        let before = heartbeats
        try await heartbeat()
        try await wait(for: "a heartbeat") { $0.heartbeats > before ? () : nil }
    }

    /// Sends the close packet of the revision, and closes the transport.
    ///
    /// 0.6 has no close packet: there the end of the WebSocket or of the request ends the connection.
    public func close() async throws {
        let (codec, carrier) = state.withLock { ($0.decoder, $0.carrier) }
        var goodbye = ByteBuffer()
        codec.encode(.close, into: &goodbye)
        if goodbye.readableBytes > 0 { try await carrier.send([.text(goodbye)]) }
        try await carrier.close()
        await client.settle()
    }

    /// Closes the transport without sending a packet, as a network failure does.
    public func drop() async throws {
        try await state.withLock { $0.carrier }.drop()
        await client.settle()
    }

    private static func arguments<each Value: Encodable>(_ value: repeat each Value) throws -> Arguments {
        var arguments = Arguments()
        for value in repeat each value { try arguments.append(value) }
        return arguments
    }
}
