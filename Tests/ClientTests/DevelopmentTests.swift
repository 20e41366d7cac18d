import Testing

/// The command `gust`.
@Suite(.serialized, .timeLimit(.minutes(8))) struct DevelopmentTests {
    @Test func `a new package builds, passes its tests, lists its routes, and is rebuilt without a refused connection`()
        async throws
    {
        try await Script.python("development.py", Script.product("gust"), Script.artefacts)
    }

    @Test(arguments: ["right", "unsticky", "upgrade", "body", "idle", "down", "events", "machine"])
    func `the doctor tells what is right and what is wrong`(check: String) async throws {
        try await Script.python("doctor.py", Script.product("gust"), Script.product("EchoServer"), check)
    }
}
