import Gust
import GustHTTP
import GustTesting
import GustWeb
import HTTPTypes
import NIOCore
import Testing

@testable import GustStreams

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Bodies of several JSON values, in both directions.
@Suite struct JSONLinesTests {
    private struct Order: Codable, Sendable, Equatable {
        let pieces: Int
        let createdAt: Date
    }

    private static let orders = [1, 2].map { Order(pieces: $0, createdAt: Date(timeIntervalSince1970: 0)) }

    private func sending() -> Application {
        var app = Application()
        app.get("/orders") { _ in
            JSONLines(
                AsyncStream { continuation in
                    for order in Self.orders { continuation.yield(order) }
                    continuation.finish()
                }
            )
        }
        return app
    }

    @Test(arguments: TestDepth.allCases)
    func `each value is one line of JSON`(depth: TestDepth) async throws {
        try await TestClient.with(try sending().router(), at: depth) { client async throws in
            let response = try await client.get("/orders")
            #expect(response.headers[.contentType] == "application/x-ndjson")
            let line = #""createdAt":"1970-01-01T00:00:00Z","pieces":"#
            #expect(response.text == "{\(line)1}\n{\(line)2}\n")
        }
    }

    @Test func `the encoder of the application is used`() async throws {
        var app = sending()
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.dateEncodingStrategy = .secondsSince1970
        encoder.outputFormatting = .sortedKeys
        app.use(JSONCoding(encoder: encoder))
        let text = try await TestClient(try app.router()).get("/orders").text
        #expect(text == "{\"created_at\":0,\"pieces\":1}\n{\"created_at\":0,\"pieces\":2}\n")
    }

    private func receiving(lineLimit: Int = 100, limit: Int? = nil) throws -> Router {
        var app = Application()
        app.post("/sum") { request in
            var values: [Int] = []
            for try await value in request.jsonLines(of: Int.self, upTo: limit, lineLimit: lineLimit) {
                values.append(value)
            }
            return "\(values)"
        }
        return try app.router()
    }

    @Test(arguments: [
        ("", "[]"), ("1", "[1]"), ("1\n2\n", "[1, 2]"), ("1\r\n\r\n \n2", "[1, 2]"), ("\n\n", "[]"),
    ])
    func `the lines of a body are decoded`(body: String, values: String) async throws {
        #expect(try await TestClient(try receiving()).post("/sum", body: body).text == values)
    }

    @Test(arguments: [
        ("1\n\"a\"\n", 400, "line 2 isn't JSON of the expected shape"),
        ("1\n{\n", 400, "line 2 isn't JSON of the expected shape"),
        ("1\n1234567\n", 413, "line 2 is longer than 6 bytes"), ("1234567", 413, "line 1 is longer than 6 bytes"),
    ])
    func `a line that can't be decoded is named`(body: String, status: Int, text: String) async throws {
        let response = try await TestClient(try receiving(lineLimit: 6)).post("/sum", body: body)
        #expect(response.status.code == status)
        #expect(response.text == text)
    }

    @Test func `a line that nests too deep is refused`() async throws {
        let body = "1\n" + String(repeating: "[", count: 65) + "\n"
        let response = try await TestClient(try receiving()).post("/sum", body: body)
        #expect(response.status == .badRequest)
        #expect(response.text == "line 2 nests deeper than 64 levels")
    }

    @Test func `a body longer than its limit is refused`() async throws {
        let response = try await TestClient(try receiving(limit: 3)).post("/sum", body: "1\n2\n")
        #expect(response.status == .contentTooLarge)
    }

    @Test func `lines are found however TCP cuts the body`() async throws {
        try await TestClient.with(try receiving(), at: .tcp) { client async throws in
            let body = (0..<3_000).map { "\($0)\n" }.joined()
            let text = try await client.post("/sum", body: body).text
            #expect(text == "\(Array(0..<3_000))")
        }
    }
}
