import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustWeb

/// Durations in `Server-Timing`.
@Suite struct ServerTimingTests {
    private func timing(
        _ middleware: ServerTiming = ServerTiming { _ in true },
        _ body: @escaping @Sendable (Request) async throws -> Response
    ) async throws -> String? {
        let exchange = Exchange()
        let handler = middleware.wrapping(Later(body: body))
        let name = try #require(HTTPField.Name("Server-Timing"))
        return try await exchange.answer(try exchange.request("/"), from: handler).headers[name]
    }

    private struct Later: Handler {
        let body: @Sendable (Request) async throws -> Response
        func answer(_ request: Request) -> Answer { .pending { try await body(request) } }
    }

    @Test func `durations and remarks are sent in order, with the total last`() async throws {
        let text = try await timing { request in
            request.timing.add("cache", "miss")
            request.timing.add("db", "two \"queries\" \\ ä", .microseconds(12_345))
            let sum = request.timing.measure("sum") { 1 + 1 }
            let later = await request.timing.measure("later") {
                await Task.yield()
                return sum + 1
            }
            return Response("\(later)")
        }
        // The loop of the test has a clock that stands still, so measured durations are zero.
        #expect(text == #"cache;desc="miss", db;desc="two \"queries\" \\ ??";dur=12.345, sum, later, total"#)
    }

    @Test func `what fails is measured too`() async throws {
        struct Failure: Error {}
        let text = try await timing { request in
            #expect(throws: Failure.self) { try request.timing.measure("db") { () throws(Failure) in throw Failure() } }
            throw HTTPError(.conflict)
        }
        #expect(text == "db, total")
    }

    @Test func `a name that is no token becomes one, and no text ends the field`() async throws {
        let text = try await timing { request in
            request.timing.add("a b;c\r\n\u{301}", "x\r\ny")
            return Response("")
        }
        #expect(text == #"a-b-c----;desc="x??y", total"#)
    }

    @Test func `at most 32 durations are kept`() async throws {
        let text = try await timing { request in
            for number in 0..<100 { request.timing.add("n\(number)") }
            return Response("")
        }
        #expect(text?.utf8.count { $0 == UInt8(ascii: ",") } == 32)
    }

    @Test func `a stranger gets nothing, and nothing is kept for a stranger`() async throws {
        let text = try await timing(ServerTiming { $0.headers[.authorization] != nil }) { request in
            request.timing.add("db", nil, .seconds(1))
            #expect(request.timing === RequestTiming.inactive)
            #expect(request.timing.measure("x") { 7 } == 7)
            return Response("")
        }
        #expect(text == nil)
        #expect(RequestTiming.inactive.text == "total")
    }

    @Test func `durations are those of the loop's clock`() throws {
        let exchange = Exchange()
        let timing = RequestTiming(exchange.loop)
        timing.measure("db") { exchange.loop.advanceTime(by: .microseconds(1_050)) }
        exchange.loop.advanceTime(by: .milliseconds(2))
        #expect(timing.text == "db;dur=1.050, total;dur=3.050")
    }
}
