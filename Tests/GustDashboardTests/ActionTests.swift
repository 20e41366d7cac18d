import Gust
import GustTesting
import InMemoryLogging
import Logging
import Testing

@testable import GustDashboard

/// What the page may do.
@Suite struct ActionTests {
    private let event = ["namespace": "/", "room": "hall", "event": "news", "arguments": "[1]"]

    @Test func `a page that only shows can neither emit nor disconnect`() async throws {
        let site = try Site()
        let visitor = try await site.visitor(in: "hall")
        let page = try await site.page()
        #expect(try await page.refusal(of: "emit", event) == DashboardError.actionsAreOff.publicText)
        let texts = try await page.socket.emitWithAcknowledgement("disconnect-socket", Target(visitor))
        #expect(texts[0].utf8.contains("only shows".utf8))
        await site.client.settle()
        #expect(try await visitor.nextIfAny() == nil)
        #expect(site.logs.entries.isEmpty)
    }

    @Test func `an event reaches a room, a socket, or everybody in the namespace`() async throws {
        let site = try Site(allowsActions: true)
        let (ada, bob) = (try await site.visitor(in: "hall"), try await site.client.open())
        let eve = try await site.client.open(namespace: "/side")
        let page = try await site.page()
        var event = event
        event["arguments"] = #"["a", {"big": 12345678901234567890}]"#
        #expect(try await page.refusal(of: "emit", event) == nil)
        #expect(try await ada.next() == .event("news", [#""a""#, #"{"big": 12345678901234567890}"#]))
        event = ["namespace": "/", "id": bob.id, "event": "poke", "arguments": "[]"]
        #expect(try await page.refusal(of: "emit", event) == nil)
        #expect(try await bob.next() == .event("poke", []))
        event = ["namespace": "/", "event": "all", "arguments": " [ ] "]
        #expect(try await page.refusal(of: "emit", event) == nil)
        for visitor in [ada, bob] { #expect(try await visitor.next() == .event("all", [])) }
        #expect(try await eve.nextIfAny() == nil)
    }

    @Test(arguments: [
        (["event": ""], DashboardError.noEventName), (["event": "disconnect"], .reservedName),
        (["namespace": "/none"], .noSuchNamespace), (["arguments": "{}"], .arguments), (["arguments": "["], .arguments),
        (["arguments": "[1] 2"], .arguments), (["id": "nobody"], .isDisconnected),
    ])
    func `an event that can't be sent is refused with the reason`(
        change: [String: String],
        error: DashboardError
    ) async throws {
        let site = try Site(allowsActions: true)
        let visitor = try await site.visitor(in: "hall")
        let page = try await site.page()
        let refusal = try await page.refusal(of: "emit", event.merging(change) { $1 })
        #expect(refusal == error.publicText)
        #expect(try await visitor.nextIfAny() == nil)
        #expect(site.io.namespaces.count == 2 && site.logs.entries.isEmpty)
    }

    @Test(arguments: [true, false])
    func `a socket is disconnected, with its connection if that is wanted`(closesConnection: Bool) async throws {
        let site = try Site(allowsActions: true)
        let visitor = try await site.client.open()
        let page = try await site.page()
        let target = Target(visitor, closesConnection: closesConnection)
        #expect(try await page.socket.emitWithAcknowledgement("disconnect-socket", target) == [])
        #expect(try await visitor.next() == .disconnected)
        try await site.client.wait(for: "the end") { site.io.statistics.sockets == 0 }
        #expect(site.io.statistics.open == (closesConnection ? 0 : 1))
        let texts = try await page.socket.emitWithAcknowledgement("disconnect-socket", target)
        #expect(texts[0].utf8.contains("not connected".utf8))
    }

    @Test func `each action is logged with the address of the visitor, and cut`() async throws {
        let site = try Site(allowsActions: true)
        let visitor = try await site.client.open()
        let page = try await site.page()
        let name = String(repeating: "n", count: 200)
        let long = ["namespace": "/", "room": "hall", "event": name, "arguments": "[]"]
        #expect(try await page.refusal(of: "emit", long) == nil)
        _ = try await page.socket.emitWithAcknowledgement("disconnect-socket", Target(visitor))
        let entries = site.logs.entries
        #expect(entries.map(\.level) == [.notice, .notice])
        #expect(entries[0].metadata["event"] == "\(name.prefix(80))" && entries[0].metadata["target"] == "hall")
        #expect(entries[1].metadata["target"] == "\(visitor.id)" && entries[1].metadata["address"] == "-")
    }

    private struct Target: Encodable {
        var namespace = "/"
        var id: String
        var closesConnection: Bool

        init(_ visitor: TestSocket, closesConnection: Bool = false) {
            id = visitor.id
            self.closesConnection = closesConnection
        }
    }
}
