import Foundation
import Testing

/// Runs a program in another language, which drives a server and checks its responses.
enum Script {
    /// The project's directory.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    /// The directory for files that the tests leave for people, such as screenshots.
    static let artefacts = root.appending(path: ".artefacts").path()

    /// The path of a program that was built with the tests.
    static func product(_ name: String) throws -> String {
        // The first argument is the path of the test runner, or the path of the test bundle is one of the other
        // arguments.
        let candidates =
            CommandLine.arguments.map { URL(filePath: $0).deletingLastPathComponent() }
            + [root.appending(path: ".build/debug"), root.appending(path: ".build/release")]
        let paths = candidates.map { $0.appending(path: name).path() }
        return try #require(
            paths.first { FileManager.default.isExecutableFile(atPath: $0) },
            "\(name) isn't built: swift build"
        )
    }

    /// Runs a Python script of this target, and expects exit status 0; a failure shows the output of the script.
    static func python(_ name: String, _ arguments: String...) async throws {
        let interpreter = root.appending(path: ".venv/bin/python").path()
        try #require(
            FileManager.default.isExecutableFile(atPath: interpreter),
            "\(interpreter) is missing: scripts/install test makes it (make test does that first)"
        )
        let script = root.appending(path: "Tests/ClientTests/Python/\(name)").path()
        try await run(interpreter, [script] + arguments)
    }

    /// Runs Node with arguments, and expects exit status 0.
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
        // 127: env has not found the program.
        #expect(status != 127, "\(arguments[0]) is missing: scripts/install test (part of make test) installs it")
        #expect(status == 0, "\(arguments.joined(separator: " ")) ended with \(status):\n\(text)")
    }
}
