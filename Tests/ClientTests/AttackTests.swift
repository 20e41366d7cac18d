import Testing

/// Peers that mean harm, over real connections.
@Suite(.serialized, .timeLimit(.minutes(3))) struct AttackTests {
    @Test func `whatever peers do, the server lives, and nothing of them stays`() async throws {
        try await Script.python("attacks.py", Script.product("EchoServer"))
    }
}
