import Foundation
import Testing

@testable import GustDevelopment

/// The lines of a template that an error names.
@Suite struct ExcerptTests {
    @Test func `the lines around the place are shown, and the place is marked`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID().uuidString).mustache")
        try Data((1...20).map { "line \($0)" }.joined(separator: "\n").utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let excerpt = try #require(SourceExcerpt(namedIn: "the template \"x\" (\(file.path):10:3): no value"))
        #expect(excerpt.place == "\(file.path):10")
        #expect(excerpt.lines.map(\.number) == Array(6...14))
        #expect(excerpt.lines.filter(\.isMarked).map(\.text) == ["line 10"])
        #expect(SourceExcerpt(namedIn: "\(file.path):21") == nil)
    }

    @Test(arguments: ["", "no file", "x.mustache:", ".mustache:9", "/nowhere/x.mustache:1", "/etc/passwd:1"])
    func `an error that names no template has none`(text: String) {
        #expect(SourceExcerpt(namedIn: text) == nil)
    }
}
