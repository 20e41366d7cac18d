import NIOCore
import Testing

@testable import GustStreams

/// The bytes of events, by the HTML standard §9.2.
@Suite struct ServerSentEventTests {
    private func text(_ event: ServerSentEvent) throws -> String { String(buffer: try event.encoded()) }

    @Test(arguments: [
        ("a", "data: a\n\n"), ("", "data: \n\n"), (" a", "data:  a\n\n"), ("a\nb", "data: a\ndata: b\n\n"),
        ("a\r\nb", "data: a\ndata: b\n\n"), ("a\rb", "data: a\ndata: b\n\n"), ("a\n", "data: a\ndata: \n\n"),
        ("a\r\r\n\nb", "data: a\ndata: \ndata: \ndata: b\n\n"),
        ("é\u{301}\n\u{301}", "data: é\u{301}\ndata: \u{301}\n\n"),
        ("a\0b", "data: a\0b\n\n"), ("a: b", "data: a: b\n\n"),
    ])
    func `data is split into lines`(data: String, bytes: String) throws {
        #expect(try Array(text(ServerSentEvent(data)).utf8) == Array(bytes.utf8))
    }

    @Test func `type, identifier and time precede the data`() throws {
        let event = ServerSentEvent("a", event: "news", id: "7", retry: .milliseconds(1_500))
        #expect(try text(event) == "event: news\nid: 7\nretry: 1500\ndata: a\n\n")
    }

    @Test func `an event without data has its other fields only`() throws {
        #expect(try text(ServerSentEvent(nil, id: "")) == "id: \n\n")
    }

    @Test func `a negative time is sent as zero`() throws {
        #expect(try text(ServerSentEvent(nil, retry: .seconds(-1))) == "retry: 0\n\n")
    }

    @Test(arguments: ["a\nb", "a\rb", "a\r\nb", "\n", "a\n\u{301}"])
    func `a line break in a type or an identifier is refused`(text: String) throws {
        #expect(throws: EventFieldError.self) { try ServerSentEvent("x", event: text).encoded() }
        #expect(throws: EventFieldError.self) { try ServerSentEvent("x", id: text).encoded() }
    }

    @Test func `NUL in an identifier is refused, because browsers ignore such an identifier`() {
        let error = #expect(throws: EventFieldError.self) { try ServerSentEvent("x", id: "a\0").encoded() }
        #expect(error?.description == "the field `id` of a server-sent event must not contain NUL")
    }

    @Test func `a value is sent as JSON`() throws {
        #expect(try text(ServerSentEvent(json: ["a": "x\ny"], event: "e")) == "event: e\ndata: {\"a\":\"x\\ny\"}\n\n")
    }
}
