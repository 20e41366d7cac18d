#if Configuration
#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A file that exists during a test.
enum TemporaryFile {
    /// Calls `body` with the path of a file with that text, whose name ends with `suffix`.
    static func with<Result>(
        _ text: String,
        suffix: String = "",
        _ body: (String) throws -> Result
    ) throws -> Result {
        let path = "\(FileManager.default.temporaryDirectory.path)/gust-\(UUID().uuidString)\(suffix)"
        try Data(text.utf8).write(to: URL(filePath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }
}
#endif
