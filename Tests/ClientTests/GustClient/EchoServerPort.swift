import Testing

/// EchoServer, while a suite runs.
struct EchoServerPort: SuiteTrait, TestScoping {
    @TaskLocal static var current = 0

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        try await RunningProgram.serving(try Script.product("EchoServer"), "--port", "0") { port in
            try await Self.$current.withValue(port, operation: function)
        }
    }
}

extension Trait where Self == EchoServerPort {
    /// Runs EchoServer while the suite runs; its port is `EchoServerPort.current`.
    static var echoServer: Self { EchoServerPort() }
}
