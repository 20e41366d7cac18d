import Testing

/// A client that others have written: python-socketio.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PythonClientTests {
    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `python-socketio finds everything it knows`(mode: String) async throws {
        try await Script.python("python_client.py", Script.product("EchoServer"), mode)
    }
}
