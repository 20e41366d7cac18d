import Gust
import GustTesting

extension TestClient: ConformanceClient {
    func socket(_ profile: ClientProfile, in namespace: String) async throws -> any ConformanceSocket {
        PolledSocket(client: self, profile: profile, socket: try await open(profile, namespace: namespace))
    }
}

/// A socket of the client of GustTesting, which receives something only when the test waits for it.
private struct PolledSocket: ConformanceSocket {
    let client: TestClient
    let profile: ClientProfile
    let socket: TestSocket

    func send(_ message: Message) async throws { try await socket.send(message) }

    func send(batch texts: [String]) async throws { try await socket.send(batch: texts) }

    func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws {
        try await socket.emit(name, repeat each value)
    }

    func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value
    ) async throws -> [String] {
        try await socket.emitWithAcknowledgement(name, repeat each value)
    }

    func acknowledge<each Value: Encodable>(_ value: repeat each Value) async throws {
        try await socket.acknowledge(repeat each value)
    }

    func next() async throws -> TestSocket.Received { try await socket.next() }

    func nextMessage() async throws -> Message { try await socket.nextMessage() }

    func nextHeartbeat() async throws {
        guard profile.pollsForLife else { return try await socket.nextHeartbeat() }
        _ = try await client.get(TestClient.target(profile, session: socket.session))
    }

    func requireSilence() async throws {
        if let received = try await socket.nextIfAny() { throw TestError.unexpected("\(received)") }
    }

    func disconnect() async throws { try await socket.disconnect() }

    func close() async throws { try await socket.close() }

    func drop() async throws { try await socket.drop() }

    // The client answers no heartbeat unless the test waits for something.
    func mute() async throws {}
}
