import Foundation
import GustTesting

/// The results of cells, recorded line by line while the tests run: `text|4|websocket|tcp|passed`.
enum ConformanceRecord {
    /// The project's directory.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let file = root.appending(path: ".artefacts/conformance.txt")

    /// Appends the result of a cell.
    ///
    /// The line is appended by one write, so that lines of several threads and processes don't mix (POSIX `O_APPEND`).
    static func add(_ cell: Cell, passed: Bool) throws {
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        let descriptor = open(file.path(), O_WRONLY | O_APPEND | O_CREAT, 0o644)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
        defer { close(descriptor) }
        let line = "\(key(cell.feature, cell.profile, cell.setup))|\(passed ? "passed" : "failed")\n"
        guard line.withCString({ write(descriptor, $0, line.utf8.count) }) == line.utf8.count else {
            throw CocoaError(.fileWriteUnknown)
        }
    }

    /// The results since the file was removed: for each cell, whether it passed every time it was run.
    static func all() throws -> [String: Bool] {
        var results: [String: Bool] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            guard let bar = line.lastIndex(of: "|") else { continue }
            let passed = line[line.index(after: bar)...] == "passed"
            results[String(line[..<bar]), default: true] = results[String(line[..<bar]), default: true] && passed
        }
        return results
    }

    /// The key of a cell in the file.
    static func key(_ feature: Feature, _ profile: ClientProfile, _ setup: ConformanceSetup) -> String {
        "\(feature.rawValue)|\(profile.revision)|\(profile.transport)|\(setup)"
    }
}
