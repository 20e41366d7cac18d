import Gust
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustDashboard
@testable import GustSocketIO

/// The packets of one socket.
@Suite struct WatchingTests {
    @Test(arguments: [ClientTransport.webSocket, .polling])
    func `the packets of both directions are shown, with broadcasts`(transport: ClientTransport) async throws {
        let site = try Site()
        let visitor = try await site.visitor(in: "hall", over: transport)
        let page = try await site.page()
        #expect(try await page.watch(visitor).rooms == ["hall"])
        try await visitor.emit("echo", "hello")
        _ = try await visitor.next()
        site.io.to("hall").emit("news", 1)
        _ = try await visitor.next()
        var texts: [String] = []
        while texts.count < 3 {
            let news = try await page.next("packets", as: Page.News.self)
            #expect(news.socket.id == visitor.id && !news.hasEnded && news.missed == 0)
            texts += news.packets.map { "\($0.isSent ? ">" : "<")\($0.text)" }
        }
        #expect(texts == [#"<42["echo","hello"]"#, #">42["echo","hello"]"#, #">42["news",1]"#])
    }

    @Test func `bytes are shown as digits, and long texts are cut between two scalars`() async throws {
        let site = try Site()
        let visitor = try await site.client.open()
        let page = try await site.page()
        _ = try await page.watch(visitor)
        site.io.everybody.emit("bytes", ByteBuffer(bytes: [0, 1, 255]))
        site.io.everybody.emit("x", String(repeating: "é", count: 400))
        var packets: [Page.News.Packet] = []
        while packets.count < 3 { packets += try await page.next("packets", as: Page.News.self).packets }
        #expect(packets[1].isBinary && packets[1].text == "00 01 ff" && packets[1].size == 3)
        // `42["x","` has 8 bytes, and each é two.
        #expect(packets[2].text == #"42["x",""# + String(repeating: "é", count: 246))
        #expect(packets[2].size == 8 + 800 + 2)
    }

    @Test func `a cut in the middle of a scalar leaves the scalar out`() {
        let tap = ConnectionTap()
        tap.record(.text(ByteBuffer(string: "1" + String(repeating: "é", count: 400))), isSent: true)
        tap.record(.text(ByteBuffer(string: String(repeating: "1", count: 500))), isSent: true)
        let texts = tap.packets(after: 0).packets.map(\.text)
        #expect(texts[0] == "1" + String(repeating: "é", count: 249))
        #expect(texts[1].utf8.count == 500)
    }

    @Test func `the last hundred packets are kept, and the missing ones are counted`() async throws {
        let tap = ConnectionTap()
        for number in 1...250 { tap.record(.text(ByteBuffer(string: "\(number)")), isSent: true) }
        #expect(tap.packets(after: 0).packets.map(\.number) == Array(151...250))
        #expect(tap.packets(after: 248).packets.map(\.text) == ["249", "250"])
        #expect(tap.packets(after: 250).packets.isEmpty)

        let site = try Site()
        let visitor = try await site.client.open()
        let page = try await site.page()
        _ = try await page.watch(visitor)
        for number in 0..<150 { site.io.everybody.emit("n", number) }
        let news = try await page.next("packets", as: Page.News.self)
        #expect(news.packets.count == 100 && news.missed == 50)
        #expect(news.packets.last?.text == #"42["n",149]"#)
    }

    @Test func `nothing is recorded after the page has turned to another socket, or to none`() async throws {
        let site = try Site()
        let (ada, bob) = (try await site.client.open(), try await site.client.open())
        let page = try await site.page()
        _ = try await page.watch(ada)
        #expect(site.io.watchedConnectionCount == 1)
        _ = try await page.watch(bob)
        #expect(site.io.watchedConnectionCount == 1)
        site.io.to(ada.id).emit("to Ada")
        site.io.to(bob.id).emit("to Bob")
        let news = try await page.next("packets", as: Page.News.self)
        #expect(news.socket.id == bob.id && news.packets.map(\.text) == [#"42["to Bob"]"#])
        _ = try await page.socket.emitWithAcknowledgement("unwatch")
        #expect(site.io.watchedConnectionCount == 0)
        for connection in site.io.connections.all { #expect(connection.tap == nil) }
    }

    @Test func `a page that is closed leaves no tap`() async throws {
        let site = try Site()
        let visitor = try await site.client.open()
        let page = try await site.page()
        _ = try await page.watch(visitor)
        #expect(site.io.connections.all.compactMap(\.tap).count == 1)
        try await page.socket.close()
        try await site.client.wait(for: "the end of the tap") { site.io.connections.all.compactMap(\.tap).isEmpty }
        #expect(site.io.watchedConnectionCount == 0)
    }

    @Test func `two pages share one tap, which stays until both are closed`() async throws {
        let site = try Site()
        let visitor = try await site.client.open()
        let (first, second) = (try await site.page(), try await site.page())
        for page in [first, second] { _ = try await page.watch(visitor) }
        #expect(site.io.watchedConnectionCount == 1)
        try await first.socket.close()
        site.io.everybody.emit("still")
        #expect(try await second.next("packets", as: Page.News.self).packets.map(\.text) == [#"42["still"]"#])
        try await second.socket.close()
        try await site.client.wait(for: "the end of the tap") { site.io.watchedConnectionCount == 0 }
    }

    @Test func `the end of the socket is the last news of it`() async throws {
        let site = try Site()
        let visitor = try await site.client.open()
        let page = try await site.page()
        _ = try await page.watch(visitor)
        try await visitor.close()
        var news = try await page.next("packets", as: Page.News.self)
        while !news.hasEnded { news = try await page.next("packets", as: Page.News.self) }
        #expect(site.io.watchedConnectionCount == 0)
    }

    @Test func `a socket that is gone can't be watched`() async throws {
        let site = try Site()
        let page = try await site.page()
        let refusal = try await page.refusal(of: "watch", ["namespace": "/", "id": "nobody"])
        #expect(refusal == DashboardError.isDisconnected.publicText)
        #expect(try await page.refusal(of: "watch", ["namespace": "/none", "id": "nobody"]) == refusal)
        #expect(site.io.existingNamespace("/none") == nil)
    }
}
