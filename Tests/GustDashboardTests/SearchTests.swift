import Gust
import GustHTTP
import GustTesting
import GustWire
import NIOCore
import Testing

@testable import GustDashboard

/// The list of sockets.
@Suite struct SearchTests {
    @Test func `sockets are found by room and by the beginning of the id`() async throws {
        let site = try Site()
        let ada = try await site.visitor(in: "hall", over: .polling)
        let bob = try await site.visitor(in: "hall")
        let eve = try await site.client.open(namespace: "/side")
        let page = try await site.page()
        #expect(try await page.find("").total == 3)
        #expect(Set(try await page.find("hall").sockets.map(\.id)) == [ada.id, bob.id])
        let found = try await page.find(String(eve.id.prefix(8))).sockets
        #expect(found.map(\.id) == [eve.id] && found[0].namespace == "/side" && found[0].revision == "4")
        #expect(try await page.find(ada.id).sockets.map(\.transport) == ["polling"])
        // The room of the id isn't a room that a person has made.
        #expect(try await page.find(ada.id).sockets[0].rooms == ["hall"])
    }

    @Test func `sockets are found by the beginning of the address`() async throws {
        let io = SocketIO()
        var app = Application()
        app.add(io.routes())
        app.add(Dashboard(of: io).openRoutes("/admin"))
        try await TestClient.with(try app.router(), at: .tcp) { client async throws in
            _ = try await client.open()
            let page = Page(socket: try await client.open("/admin/live"))
            #expect(try await page.find("127.0.0.").sockets.map(\.address) == ["127.0.0.1"])
            #expect(try await page.find("27.0").total == 0)
        }
    }

    @Test(arguments: [
        "<script>alert(1)</script>", "\"}],", "\u{0}", "e\u{301}", "'; DROP TABLE", "%00%2e", "\u{202E}abc", "(.*)+$",
        String(repeating: "\u{301}", count: 2_000),
    ])
    func `hostile text is searched for as it is`(text: String) async throws {
        let site = try Site()
        let page = try await site.page()
        _ = try await site.visitor(in: "é")
        #expect(try await page.find(text).total == 0)
        guard text.utf8.count < 1_000 else { return }
        _ = try await site.visitor(in: text)
        let found = try await page.find(text)
        #expect(found.sockets.flatMap(\.rooms).map { Array($0.utf8) } == [Array(text.utf8)])
        #expect(try await page.next("summary", as: Page.Summary.self).rooms.count <= 2)
    }

    @Test func `a question that isn't one is refused and changes nothing`() async throws {
        let site = try Site()
        let page = try await site.page()
        for name in ["sockets", "watch", "emit", "disconnect-socket"] {
            let texts = try await page.socket.emitWithAcknowledgement(name, [1, 2])
            #expect(texts.first?.utf8.starts(with: #"{"error":"#.utf8) == true, "\(name): \(texts)")
        }
        #expect(try await page.find("").total == 0)
    }

    @Test func `each socket is on one page of the list, the newest first`() async throws {
        let site = try Site()
        for _ in 0..<120 { _ = try await site.client.open() }
        let page = try await site.page()
        var ids: [String] = []
        var start: JSONSlice?
        var lengths: [Int] = []
        repeat {
            var question: [String: JSONSlice] = ["text": try JSONSlice(validating: ByteBuffer(string: "\"\""))]
            question["start"] = start
            let found = try await page.ask("sockets", question, as: Page.Found.self)
            #expect(found.total == 120)
            ids += found.sockets.map(\.id)
            lengths.append(found.sockets.count)
            start = found.next
        } while start != nil
        #expect(lengths == [50, 50, 20] && Set(ids).count == 120)
    }
}
