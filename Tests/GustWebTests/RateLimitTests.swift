import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization
import Testing

@testable import GustWeb

/// The rate limit in memory.
@Suite struct RateLimitTests {
    private let clock = ManualClock()

    @Test func `as many as the limit are allowed at once, and then one in each interval`() {
        let limit = RateLimit(3, per: .seconds(60), clock: clock)
        #expect(limit.take("a") == .allowed(remaining: 2))
        #expect(limit.take("a") == .allowed(remaining: 1))
        #expect(limit.take("a") == .allowed(remaining: 0))
        #expect(limit.take("a") == .refused(retryAfter: .seconds(20)))
        clock.advance(by: .seconds(19))
        // What was refused isn't counted.
        #expect(limit.take("a") == .refused(retryAfter: .seconds(1)))
        clock.advance(by: .seconds(1))
        #expect(limit.take("a") == .allowed(remaining: 0))
        #expect(!limit.take("a").isAllowed)
        clock.advance(by: .seconds(60))
        #expect(limit.take("a") == .allowed(remaining: 2))
    }

    @Test func `a burst bounds how many are allowed at once, not how many in a period`() {
        let limit = RateLimit(60, per: .seconds(60), burst: 2, clock: clock)
        for second in 0..<60 {
            #expect(limit.take("a").isAllowed, "second \(second)")
            clock.advance(by: .seconds(1))
        }
        #expect(limit.take("a") == .allowed(remaining: 1))
        #expect(limit.take("a").isAllowed)
        #expect(limit.take("a") == .refused(retryAfter: .seconds(1)))
    }

    @Test func `keys count for themselves, and are compared by bytes`() {
        let limit = RateLimit(1, per: .seconds(1), clock: clock)
        // The two spellings of é are equal as strings.
        for key in ["a", "b", "", "\u{E9}", "e\u{301}"] { #expect(limit.take(key).isAllowed) }
        for key in ["a", "b", "", "\u{E9}", "e\u{301}"] { #expect(!limit.take(key).isAllowed) }
    }

    @Test func `copies of a limit count together`() {
        let limit = RateLimit(2, per: .seconds(1), clock: clock)
        let copy = limit
        #expect(limit.take("a").isAllowed)
        #expect(copy.take("a").isAllowed)
        #expect(!limit.take("a").isAllowed)
    }

    @Test func `a flood of new keys doesn't make the limit forget a key that has reached it`() {
        let limit = RateLimit(10, per: .seconds(60), maximumKeys: 1_024, clock: clock)
        for _ in 0..<10 { #expect(limit.take("attacker").isAllowed) }
        for number in 0..<100_000 { #expect(limit.take("flood \(number)").isAllowed) }
        #expect(!limit.take("attacker").isAllowed)
        // Nor a key that has used half of it.
        for _ in 0..<5 { _ = limit.take("half") }
        for number in 0..<100_000 { _ = limit.take("another \(number)") }
        #expect(limit.take("half") == .allowed(remaining: 4))
    }

    @Test func `half of the keys that a limit has room for are all counted`() {
        let limit = RateLimit(1, per: .seconds(60), maximumKeys: 4_096, clock: clock)
        for number in 0..<2_048 { #expect(limit.take("\(number)").isAllowed) }
        let refused = (0..<2_048).count { !limit.take("\($0)").isAllowed }
        // Sets of 16 places overflow now and then: less than one key of a hundred is forgotten.
        #expect(refused > 2_020)
    }

    @Test func `limits of any size can be made`() {
        #expect(RateLimit(0, per: .zero, maximumKeys: 0, clock: clock).take("a").isAllowed)
        let huge = RateLimit(1, per: .seconds(Int64.max), burst: .max, clock: clock)
        #expect(huge.take("a").isAllowed)
        #expect(RateLimit(.max, per: .seconds(1), clock: clock).take("a").isAllowed)
        #expect(RateLimit(-5, per: .seconds(-1), burst: -1, clock: clock).take("a").isAllowed)
        #expect(RateLimit(1, per: .seconds(1)).take("a").isAllowed)
    }

    @Test func `threads together get no more than the limit`() async {
        let limit = RateLimit(1_000, per: .seconds(3_600), clock: clock)
        let allowed = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 { group.addTask { (0..<500).count { _ in limit.take("a").isAllowed } } }
            return await group.reduce(0, +)
        }
        #expect(allowed == 1_000)
    }

    private func ask(_ limit: RateLimit, from address: String?) async throws -> Exchange.Answer {
        let exchange = Exchange()
        var request = try exchange.request("/")
        request.peer.address = try address.map { try SocketAddress(ipAddress: $0, port: 1) }
        return try await exchange.answer(request, from: limit.wrapping(ImmediateHandler { _ in "hello" }))
    }

    @Test func `requests above the limit are 429 with the seconds to wait, rounded up`() async throws {
        let limit = RateLimit(2, per: .milliseconds(3_000), clock: clock)
        for _ in 0..<2 { #expect(try await ask(limit, from: "192.0.2.7").text == "hello") }
        clock.advance(by: .milliseconds(100))
        let refused = try await ask(limit, from: "192.0.2.7")
        #expect(refused.status == .tooManyRequests)
        #expect(refused.headers[.retryAfter] == "2")
        #expect(refused.text == "too many requests")
        #expect(try await ask(limit, from: "192.0.2.8").status == .ok)
    }

    @Test(arguments: [
        ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
        ("::ffff:192.0.2.7", "192.0.2.7", true), ("::ffff:192.0.2.7", "::ffff:192.0.2.8", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    ])
    func `a client is an IPv4 address or the first 64 bits of an IPv6 address`(
        first: String,
        second: String,
        isSame: Bool
    ) async throws {
        let limit = RateLimit(1, per: .seconds(60), clock: clock)
        #expect(try await ask(limit, from: first).status == .ok)
        #expect(try await ask(limit, from: second).status == (isSame ? .tooManyRequests : .ok))
    }

    @Test func `a Unix socket isn't limited without a key of its own`() async throws {
        let limit = RateLimit(1, per: .seconds(60), clock: clock)
        for _ in 0..<3 { #expect(try await ask(limit, from: nil).status == .ok) }
        let keyed = RateLimit(1, per: .seconds(60), clock: clock) { _ in "everybody" }
        #expect(try await ask(keyed, from: nil).status == .ok)
        #expect(try await ask(keyed, from: nil).status == .tooManyRequests)
    }

    @Test func `the key of a client is the one under which other code counts`() async throws {
        let limit = RateLimit(1, per: .seconds(60), clock: clock)
        let peer = Peer(address: try SocketAddress(ipAddress: "192.0.2.7", port: 1))
        #expect(peer.network == "c0.0.2.7")
        #expect(Peer(address: try SocketAddress(ipAddress: "2001:db8::1", port: 1)).network == "20.1.d.b8.0.0.0.0")
        #expect(Peer(address: try SocketAddress(unixDomainSocketPath: "/a")).network == nil)
        #expect(limit.take(try #require(peer.network)).isAllowed)
        #expect(try await ask(limit, from: "192.0.2.7").status == .tooManyRequests)
    }
}
