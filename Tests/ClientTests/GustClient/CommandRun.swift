import Foundation

/// A run of a program to its end: its status and what it has printed.
struct CommandRun: Sendable {
    /// The exit status; negative for the number of a signal.
    let status: Int32
    let output: String
    let errors: String

    /// Runs a program, which is killed after 30 seconds.
    init(_ executable: String, _ arguments: [String], input: String = "") async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = ["in", "out", "err"].map { folder.appending(path: $0) }
        for file in files { try Data(input.utf8).write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = Script.root
        // The proxy of the machine that runs the tests is none of theirs.
        process.environment = ProcessInfo.processInfo.environment.filter { !$0.key.hasSuffix("_proxy") }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        for file in files[1...] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        let timer = DispatchSource.makeTimerSource()
        let (ended, reason) = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = {
                continuation.resume(returning: ($0.terminationStatus, $0.terminationReason))
            }
            do { try process.run() } catch { return continuation.resume(throwing: error) }
            let identifier = process.processIdentifier
            timer.setEventHandler { kill(identifier, SIGKILL) }
            timer.schedule(deadline: .now() + 30)
            timer.activate()
        }
        timer.cancel()
        status = reason == .uncaughtSignal ? -ended : ended
        output = try String(contentsOf: files[1], encoding: .utf8)
        errors = try String(contentsOf: files[2], encoding: .utf8)
    }
}
