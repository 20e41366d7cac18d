import Gust
import GustTesting
import Testing

@testable import Desk

/// The sockets of the desk, and the interface for programs; one after the other, because a hash of a password is expensive.
@Suite(.serialized) struct LiveTests {
    private let events = DeskEvents()

    @Test(arguments: TestDepth.allCases)
    func `a comment reaches everybody who looks at the ticket, and the page`(depth: TestDepth) async throws {
        try await TestDesk.with(at: depth) { client in
            try await client.signUp("ada")
            let path = try await client.addTicket("Tea")
            let ada = try await client.open("/live/1")
            #expect(try await ada.next(events.people).0 == ["ada"])
            let comment = try await ada.emitWithAcknowledgement(events.comment, "Is it <hot>?")
            #expect(comment.author == "ada")
            #expect(try await ada.next(events.commented).text == "Is it <hot>?")
            #expect(try await client.get(path).text.contains("Is it &lt;hot&gt;?"))
            _ = try await client.post("\(path)/comments", form: ["text": "by form"])
            #expect(try await ada.next(events.commented).text == "by form")
        }
    }

    @Test func `a comment without a text is refused`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            _ = try await client.addTicket("Tea")
            let ada = try await client.open("/live/1")
            #expect(try await ada.next(events.people).0 == ["ada"])
            let answer = try await ada.emitWithAcknowledgement("comment", "")
            #expect(answer == [#"{"error":"text: must have 1 to 2,000 bytes"}"#])
        }
    }

    @Test func `the list hears of new and of closed tickets`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            let list = try await client.open("/live/all")
            let path = try await client.addTicket("Tea")
            #expect(try await list.next(events.changed).isOpen)
            #expect(try await client.post("\(path)/closed", form: [:]).headers[.location] == path)
            #expect(try await !list.next(events.changed).isOpen)
        }
    }

    @Test func `strangers and unknown tickets get no socket`() async throws {
        try await TestDesk.with { client in
            await #expect(throws: TestError.self) { try await client.open("/live/all") }
            try await client.signUp("ada")
            await #expect(throws: TestError.unexpected(#"{"message":"there is no ticket 7"}"#)) {
                try await client.open("/live/7")
            }
        }
    }

    @Test func `a person whose connection fails doesn't look at the ticket any more`() async throws {
        try await TestDesk.with { client in
            try await client.signUp("ada")
            _ = try await client.addTicket("Tea")
            let ada = try await client.open("/live/1")
            #expect(try await ada.next(events.people).0 == ["ada"])
            let other = client.otherBrowser()
            try await other.signUp("bob")
            let bob = try await other.open("/live/1")
            #expect(try await ada.next(events.people).0 == ["ada", "bob"])
            try await bob.drop()
            #expect(try await ada.next(events.people).0 == ["ada"])
        }
    }

    @Test func `programs get JSON, and problem documents`() async throws {
        try await TestDesk.with { client in
            let refused = try await client.get("/api/tickets")
            #expect(refused.status == .unauthorized)
            try await client.signUp("ada")
            let draft = ["title": "Tea", "text": "x", "urgency": "low"]
            let added = try await client.post("/api/tickets", json: draft)
            #expect(added.status == .created)
            #expect(try added.decode(Ticket.self).author == "ada")
            #expect(try await client.get("/api/tickets").decode([Ticket].self).map(\.title) == ["Tea"])
            let missing = try await client.get("/api/tickets/7")
            #expect(missing.status == .notFound)
            #expect(missing.headers[.contentType] == "application/problem+json")
            #expect(missing.text.contains("there is no ticket 7"))
            let wrong = try await client.post("/api/tickets", json: ["title": "x", "text": "x", "urgency": "soon"])
            #expect(wrong.status == .badRequest)
            #expect(wrong.text.contains("urgency"))
            let empty = try await client.post("/api/tickets", json: ["title": "", "text": "x", "urgency": "low"])
            #expect(empty.status == .unprocessableContent)
            #expect(empty.headers[.contentType] == "application/problem+json")
            #expect(empty.text.contains(##""pointer":"#/title""##))
        }
    }
}
