import Testing

/// The parsers of Prometheus' client for Python, which is independent of this project.
@Suite(.serialized, .timeLimit(.minutes(1))) struct MetricsClientTests {
    @Test func `the metrics of a server that python-socketio uses are valid in both formats`() async throws {
        try await Script.python("metrics.py", Script.product("EchoServer"))
    }
}
