import Gust
import GustServer
import GustTesting
import Testing

/// One feature of one generation over one transport, with one setup: one test case, and one part of a cell of the table.
struct Cell: Sendable, CustomTestStringConvertible {
    let feature: Feature
    let profile: ClientProfile
    let setup: ConformanceSetup

    /// All cells of a feature that the profiles and the clients support.
    static func all(_ feature: Feature) -> [Cell] {
        ConformanceSetup.allCases.filter { feature.exemption(of: $0) == nil }.flatMap { all(feature, $0) }
    }

    /// The cells of a feature with one setup.
    static func all(_ feature: Feature, _ setup: ConformanceSetup) -> [Cell] {
        ClientProfile.all.filter { feature.exemption(of: $0) == nil }.map {
            Cell(feature: feature, profile: $0, setup: setup)
        }
    }

    var testDescription: String { "\(profile), \(setup)" }

    /// Runs a body with a client of `io`, and records whether it passed.
    ///
    /// A body must fail by throwing: it uses `#require`, never `#expect`.
    func run(_ io: SocketIO, _ body: (any ConformanceClient) async throws -> Void) async throws {
        guard setup == .client else { return try await runRequests(io) { try await body($0) } }
        try await runReconnecting(io) { try await body($0) }
    }

    /// Runs a body with the client of GustTesting, which sends single requests.
    func runRequests(_ io: SocketIO, _ body: (TestClient) async throws -> Void) async throws {
        try await record {
            try await TestClient.with(try router(io), at: setup == .memory ? .memory : .tcp, body)
        }
    }

    /// Runs a body with GustClient, which opens a lost connection again.
    func runReconnecting(_ io: SocketIO, _ body: (GustClientConformance) async throws -> Void) async throws {
        var limits = HTTPLimits()
        // A client of 0.6 has no packet for its end: it closes the connection of its poll, as if it only sent nothing more.
        limits.halfCloseTimeout = .milliseconds(300)
        try await record {
            try await TestClient.withServer(of: try router(io), limits: limits) { server, port in
                let client = GustClientConformance(server, port: port)
                let outcome: Result<Void, any Error>
                do { outcome = .success(try await body(client)) } catch { outcome = .failure(error) }
                await client.close()
                try outcome.get()
            }
        }
    }

    private func router(_ io: SocketIO) throws -> Router {
        var routes = Routes()
        routes.add(io.routes())
        return try routes.build()
    }

    private func record(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch {
            try ConformanceRecord.add(self, passed: false)
            throw error
        }
        try ConformanceRecord.add(self, passed: true)
    }
}
