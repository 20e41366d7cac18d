import GustClient

/// Clients of tests that use a server in another process.
enum ClientUse {
    /// Runs `body` with a client, and closes the client afterwards.
    static func run(
        _ url: String,
        _ settings: ClientSettings,
        _ body: (SocketClient) async throws -> Void
    ) async throws {
        let client = try SocketClient(url, settings)
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body(client)) } catch { outcome = .failure(error) }
        await client.close()
        try outcome.get()
    }
}
