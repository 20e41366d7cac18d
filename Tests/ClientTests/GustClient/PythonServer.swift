import Foundation
import GustClient
import Testing

/// python-socketio's servers of a suite: one for each parser.
struct PythonServer: SuiteTrait, TestScoping {
    @TaskLocal static var ports: [PacketParser: Int] = [:]

    func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let json = try await Self.start()
        defer { json.kill() }
        let messagePack = try await Self.start(options: ["msgpack"])
        defer { messagePack.kill() }
        try await Self.$ports.withValue([.json: json.port, .messagePack: messagePack.port], operation: function)
    }

    /// Starts a server on a port, 0 for a free one.
    static func start(port: Int = 0, options: [String] = []) async throws -> RunningProgram {
        let interpreter = Script.root.appending(path: ".venv/bin/python").path()
        try #require(
            FileManager.default.isExecutableFile(atPath: interpreter),
            "\(interpreter) is missing: scripts/install test makes it (make test does that first)"
        )
        let script = Script.root.appending(path: "Tests/ClientTests/Python/socketio_server.py").path()
        return try await RunningProgram(interpreter, [script, String(port)] + options)
    }
}

extension Trait where Self == PythonServer {
    /// Runs a server of python-socketio for each parser while the suite runs.
    static var pythonServer: Self { PythonServer() }
}
