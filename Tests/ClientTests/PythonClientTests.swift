import Testing

/// The client python-socketio, which is independent of this project.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PythonClientTests {
    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `all features that python-socketio supports work`(mode: String) async throws {
        try await Script.python("python_client.py", Script.product("EchoServer"), mode)
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `all features that python-socketio supports work with MessagePack`(mode: String) async throws {
        try await Script.python("python_client.py", Script.product("EchoServer"), mode, "msgpack")
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `the features of one client work on three nodes without sticky sessions`(mode: String) async throws {
        try await Script.python("python_client.py", Script.product("EchoServer"), mode, "nodes")
    }
}
