#if Configuration
import Foundation
import Testing

/// A whole program with settings, in a process of its own.
@Suite(.serialized) struct ConfiguredServerTests {
    private struct Ended {
        let status: Int32
        let output: String
        let errors: String
    }

    /// Runs the program until it ends; `whileRunning` is called with its first line.
    private func run(
        _ arguments: [String],
        _ environment: [String: String] = [:],
        whileRunning: ((String, Process) async throws -> Void)? = nil
    ) async throws -> Ended {
        let process = Process()
        process.executableURL = try Self.program()
        process.arguments = arguments
        process.environment = environment
        let (output, errors) = (Pipe(), Pipe())
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        var text = ""
        if let whileRunning {
            var line = Data()
            while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
                line += byte
            }
            text = String(decoding: line, as: UTF8.self)
            try await whileRunning(text, process)
        }
        text += String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let error = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return Ended(status: process.terminationStatus, output: text, errors: error)
    }

    /// The program beside the bundle of the tests.
    private static func program() throws -> URL {
        // The path of the test bundle is one of the arguments of the test runner.
        let paths = CommandLine.arguments.map { argument in
            URL(filePath: argument).deletingLastPathComponent().appending(path: "ConfiguredServer")
        }
        return try #require(paths.first { FileManager.default.isExecutableFile(atPath: $0.path()) })
    }

    @Test func `the help is printed to standard output, and the program ends with 0`() async throws {
        let ended = try await run(["--help"])
        #expect(ended.status == 0)
        #expect(ended.errors.isEmpty)
        #expect(ended.output.contains("--desk-title"))
        #expect(ended.output.contains("GUST_SESSIONS_SECRET_FILE"))
        #expect(ended.output.contains("GUST_HTTP_PORT, http.port: a whole number, from 0 to 65535; default: 8080"))
    }

    @Test func `the configuration is printed without secrets, and the program ends with 0`() async throws {
        let ended = try await run(["--print-configuration"], ["GUST_DESK_MAIL_KEY": "horse", "GUST_HTTP_PORT": "9"])
        #expect(ended.status == 0)
        #expect(ended.errors.isEmpty)
        #expect(ended.output.contains("# GUST_HTTP_PORT"))
        #expect(ended.output.contains("desk.mailKey = <secret>"))
        #expect(!ended.output.contains("horse"))
    }

    @Test func `mistakes end the program with 1 before it listens`() async throws {
        let ended = try await run(["--http-port", "many", "--http-prot", "1"], ["GUST_SESSIONS_SECRET": "horse"])
        #expect(ended.status == 1)
        #expect(ended.output.isEmpty)
        #expect(
            ended.errors == """
                warning: --http-prot isn't the name of a setting; did you mean --http-port?
                error:
                --http-port (http.port): expected a whole number, from 0 to 65535; found "many"
                GUST_SESSIONS_SECRET (sessions.secret): expected a secret of at least 32 bytes

                """
        )
    }

    @Test func `the program serves with its settings, and logs in the form of the settings`() async throws {
        let ended = try await run(["--desk-title", "Hello"], ["GUST_HTTP_PORT": "0", "GUST_LOGGING_FORMAT": "json"]) {
            line,
            process in
            let port = try #require(line.split(separator: " ").last.flatMap { Int($0) })
            #expect(port > 0)
            process.terminate()
        }
        #expect(ended.status == 0)
        #expect(ended.errors.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"time":""#) && $0.hasSuffix("}") })
        #expect(ended.errors.contains(#""message":"listening on "#))
    }
}
#endif
