import Gust
import GustTesting
import HTTPTypes

/// What a conformance body needs of a client: the client of GustTesting and GustClient have it.
protocol ConformanceClient: Sendable {
    /// Opens a connection of its own, and joins a namespace.
    func socket(_ profile: ClientProfile, in namespace: String) async throws -> any ConformanceSocket
    /// Sets the header fields of connections that are opened later.
    func setHeaders(_ headers: HTTPFields)
    /// Waits until `condition` returns `true`, at most thirty seconds.
    func wait(for what: String, until condition: @escaping @Sendable () -> Bool) async throws
}

extension ConformanceClient {
    /// Opens a connection of its own, and joins the namespace `/`.
    func socket(_ profile: ClientProfile) async throws -> any ConformanceSocket { try await socket(profile, in: "/") }
}

/// What a conformance body needs of a client's socket; everything that waits has a deadline.
protocol ConformanceSocket: Sendable {
    func send(_ message: Message) async throws
    /// Sends texts at once; a polling client sends them in one `POST`.
    func send(batch texts: [String]) async throws
    func emit<each Value: Encodable>(_ name: String, _ value: repeat each Value) async throws
    /// Sends an event, and returns the arguments of its acknowledgement as JSON texts.
    func emitWithAcknowledgement<each Value: Encodable>(
        _ name: String,
        _ value: repeat each Value
    ) async throws -> [String]
    /// Acknowledges the oldest event that requests it.
    func acknowledge<each Value: Encodable>(_ value: repeat each Value) async throws
    func next() async throws -> TestSocket.Received
    func nextMessage() async throws -> Message
    /// Waits for the next heartbeat; over polls that are the client's only heartbeat, for the end of the next poll.
    func nextHeartbeat() async throws
    /// Requires that nothing was received and that, over polls, one is waiting on the server.
    func requireSilence() async throws
    /// Leaves the namespace.
    func disconnect() async throws
    /// Ends the connection as its revision says.
    func close() async throws
    /// Cuts the connection, as a network failure does.
    func drop() async throws
    /// From now on neither end receives what the other sends.
    func mute() async throws
}

extension ConformanceSocket {
    func send(_ text: String) async throws { try await send(.text(text)) }

    /// Sends a message, and requires that the next received message is its echo.
    func requireEcho(_ text: String) async throws {
        try await send(.text(text))
        let message = try await nextMessage()
        guard message == .text(text) else { throw TestError.unexpected("\(message)") }
    }
}
