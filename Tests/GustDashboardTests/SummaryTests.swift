import Gust
import GustHTTP
import GustTesting
import Testing

@testable import GustDashboard
@testable import GustSocketIO

/// What all pages are told each second, and that nothing happens without a page.
@Suite struct SummaryTests {
    @Test func `the summary has the connections, generations, namespaces, rooms and handlers`() async throws {
        let site = try Site()
        _ = try await site.visitor(in: "hall")
        _ = try await site.visitor(in: "hall", over: .polling)
        _ = try await site.visitor(in: "tea")
        _ = try await site.client.open(speaking: .socketIO09)
        _ = try await site.client.open(namespace: "/side")
        let page = try await site.page()
        let first = try await page.next("summary", as: Page.Summary.self)
        #expect(first.connections == 5 && first.sockets == 5 && first.viewers == 1 && first.rates == nil)
        #expect(first.revisions == [.init(name: "0.9", count: 1), .init(name: "4", count: 4)])
        #expect(first.namespaces == [.init(name: "/", count: 4), .init(name: "/side", count: 1)])
        #expect(
            first.rooms == [
                .init(namespace: "/", room: "hall", count: 2), .init(namespace: "/", room: "tea", count: 1),
            ]
        )
        #expect(first.handlers.isEmpty)
        _ = try await site.visitor(in: "tea")
        let second = try await page.next("summary", as: Page.Summary.self)
        #expect(second.connections == 6 && second.rooms.map(\.count) == [2, 2])
        #expect(second.handlers.map(\.event) == ["join"] && second.handlers.map(\.count) == [1])
        #expect(try #require(second.rates).packetsIn > 0)
    }

    @Test func `nothing is scheduled, measured or recorded when the last page is closed`() async throws {
        let site = try Site()
        let visitor = try await site.client.open()
        #expect(!site.dashboard.audience.isBeating && !site.io.handlerTimes.isWatched)
        let page = try await site.page()
        _ = try await page.next("summary", as: Page.Summary.self)
        _ = try await page.watch(visitor)
        #expect(site.dashboard.audience.isBeating && site.io.handlerTimes.isWatched)
        try await page.socket.close()
        try await site.client.wait(for: "the last beat") { !site.dashboard.audience.isBeating }
        #expect(!site.io.handlerTimes.isWatched && site.io.watchedConnectionCount == 0)
        #expect(site.dashboard.audience.count == 0)
        // The next page finds everything as the first one did.
        let again = try await site.page()
        #expect(try await again.next("summary", as: Page.Summary.self).rates == nil)
    }

    @Test func `a page that opens while the last one closes goes on with its beats`() async throws {
        let site = try Site()
        let first = try await site.page()
        _ = try await first.next("summary", as: Page.Summary.self)
        try await first.socket.close()
        let second = try await site.page()
        for _ in 0..<3 { #expect(try await second.next("summary", as: Page.Summary.self).viewers == 1) }
        #expect(site.io.handlerTimes.isWatched)
    }

    @Test func `the largest rooms are found in one walk`() {
        var largest = LargestRooms(3)
        for number in 0..<1_000 {
            largest.add(RoomKey(namespace: "/", room: ByteText("\(number)")), (number * 37) % 1_000)
        }
        largest.trim()
        #expect(largest.rooms.map(\.count) == [999, 998, 997])
    }
}
