import Testing

/// A server of GustServing as a process: restarts, signals, inherited sockets, and what service managers are told.
@Suite(.serialized, .timeLimit(.minutes(3))) struct ServingTests {
    @Test func `no request fails during three restarts under load`() async throws {
        try await Script.python("serving.py", Script.product("ServingServer"), "load")
    }

    @Test(arguments: [
        "restart", "signals", "unix", "reuse", "systemd", "wrong_sockets", "notify", "readiness", "drain",
    ])
    func `a server works with the operating system`(check: String) async throws {
        try await Script.python("serving.py", Script.product("ServingServer"), check)
    }
}
