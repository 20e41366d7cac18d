import Foundation
import Testing

/// Runs a program of another language that drives a server and checks what it says.
enum Script {
    /// The project's directory.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// Where tests leave what a person may want to look at.
    static let artefacts = root.appending(path: ".artefacts").path()

    /// The path of a program that was built along with the tests.
    static func product(_ name: String) throws -> String {
        // The test runner may be named by the first argument, or be a program that is given the bundle's path.
        let candidates =
            CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
            + [root.appending(path: ".build/debug"), root.appending(path: ".build/release")]
        let paths = candidates.map { $0.appending(path: name).path() }
        return try #require(
            paths.first { FileManager.default.isExecutableFile(atPath: $0) },
            "\(name) isn't built: swift build"
        )
    }

    /// Runs a Python script of this target, and expects it to end well; what it says is shown if it doesn't.
    static func python(_ name: String, _ arguments: String...) async throws {
        let interpreter = root.appending(path: ".venv/bin/python").path()
        try #require(
            FileManager.default.isExecutableFile(atPath: interpreter),
            "\(interpreter) is missing: scripts/install test makes it (make test does that first)"
        )
        let script = root.appending(path: "Tests/ClientTests/Python/\(name)").path()
        try await run(interpreter, [script] + arguments)
    }

    /// Runs Node on arguments, and expects it to end well.
    static func node(_ arguments: String...) async throws {
        try await run("/usr/bin/env", ["node"] + arguments)
    }

    private static func run(_ executable: String, _ arguments: [String]) async throws {
        try FileManager.default.createDirectory(atPath: artefacts, withIntermediateDirectories: true)
        let output = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID()).txt")
        _ = FileManager.default.createFile(atPath: output.path(), contents: nil)
        defer { try? FileManager.default.removeItem(at: output) }
        let handle = try FileHandle(forWritingTo: output)
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = root
        process.standardOutput = handle
        process.standardError = handle
        let status = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        try handle.close()
        let text = try String(contentsOf: output, encoding: .utf8)
        // 127: env finds no such program.
        #expect(status != 127, "\(arguments[0]) is missing: scripts/install test (part of make test) installs it")
        #expect(status == 0, "\(arguments.joined(separator: " ")) ended with \(status):\n\(text)")
    }
}
