import Gust
import GustTesting
import Testing

/// One feature of one generation over one transport, at one depth: one test case, and one part of a cell of the table.
struct Cell: Sendable, CustomTestStringConvertible {
    let feature: Feature
    let profile: ClientProfile
    let depth: TestDepth

    /// All cells of a feature that the profiles support.
    static func all(_ feature: Feature) -> [Cell] {
        ClientProfile.all.filter { feature.exemption(of: $0) == nil }.flatMap { profile in
            TestDepth.allCases.map { Cell(feature: feature, profile: profile, depth: $0) }
        }
    }

    var testDescription: String { "\(profile), \(depth)" }

    /// Runs a body with a client of `io`, and records whether it passed.
    ///
    /// A body must fail by throwing: it uses `#require`, never `#expect`.
    func run(_ io: SocketIO, _ body: (TestClient) async throws -> Void) async throws {
        do {
            var routes = Routes()
            routes.add(io.routes())
            try await TestClient.with(try routes.build(), at: depth, body)
        } catch {
            try ConformanceRecord.add(self, passed: false)
            throw error
        }
        try ConformanceRecord.add(self, passed: true)
    }
}
