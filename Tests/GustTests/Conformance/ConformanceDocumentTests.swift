import Foundation
import Testing

/// The last step of `make test` and of `scripts/conformance`, after all cells have been run.
@Suite(.enabled(if: ConformanceTable.mode != nil, "only scripts/conformance and make test run this suite"))
struct ConformanceDocumentTests {
    @Test func `docs/conformance.md has the results of the tests`() throws {
        let table = ConformanceTable(try ConformanceRecord.all())
        let file = ConformanceRecord.root.appending(path: "docs/conformance.md")
        #expect(table.problems.isEmpty)
        if ConformanceTable.mode == "write" { try table.text.write(to: file, atomically: true, encoding: .utf8) }
        let written = try String(contentsOf: file, encoding: .utf8)
        #expect(written == table.text, "docs/conformance.md is stale: run scripts/conformance")
    }

    @Test func `a cell that failed or wasn't run is a problem and gets no tick`() throws {
        let results = try ConformanceRecord.all()
        let key = try #require(results.keys.sorted().first { $0.hasPrefix("text|") })
        var lacking = results
        lacking[key] = nil
        var failing = results
        failing[key] = false
        #expect(ConformanceTable(lacking).problems.count == ConformanceTable(results).problems.count + 1)
        #expect(ConformanceTable(failing).problems.count == ConformanceTable(results).problems.count + 1)
        #expect(ConformanceTable(failing).text.contains("failed"))
    }
}
