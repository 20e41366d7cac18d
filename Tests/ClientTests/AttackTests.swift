import Testing

/// Hostile peers, over TCP connections.
@Suite(.serialized, .timeLimit(.minutes(3))) struct AttackTests {
    @Test func `the server survives all attacks and keeps no state of the attackers`() async throws {
        try await Script.python("attacks.py", Script.product("EchoServer"))
    }
}
