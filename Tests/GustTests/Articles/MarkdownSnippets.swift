import Foundation

/// The Swift blocks of a Markdown file as lines without indentation, empty lines and imports, to be compared with
/// source files.
struct MarkdownSnippets {
    /// The lines of each block.
    let blocks: [[String]]

    init(contentsOf file: URL) throws {
        let text = try String(contentsOf: file, encoding: .utf8)
        blocks = text.split(separator: "```swift", omittingEmptySubsequences: false).dropFirst().map { rest in
            Self.lines(String(rest.split(separator: "```", omittingEmptySubsequences: false).first ?? ""))
        }
    }

    /// The lines of a source file, or of all sources in a directory, in the same form as the blocks.
    static func lines(of source: URL) throws -> [String] {
        guard let paths = FileManager.default.enumerator(atPath: source.path), source.pathExtension.isEmpty else {
            return lines(try String(contentsOf: source, encoding: .utf8))
        }
        return try paths.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") && !$0.hasPrefix(".build") }
            .flatMap { lines(try String(contentsOf: source.appending(path: $0), encoding: .utf8)) }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { String($0.drop { $0 == " " }) }
            .filter { !$0.isEmpty && !$0.hasPrefix("import ") && !$0.hasPrefix("@testable import ") }
    }

    /// The project's directory.
    static let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
