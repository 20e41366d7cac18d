import GustWire
import NIOCore
import Testing

/// JSON messages that stand for events in the revision without events.
struct EventStandInTests {
    private func words(_ text: String) -> String? {
        EventStandIn.event(in: .json(json(text))).map { "\($0.name)(\($0.arguments.words))" }
    }

    @Test(arguments: [
        (#"{"name":"e","args":[1,"a"]}"#, "e(1,\"a\")"), (#" { "args" : [ ] , "name" : "e" } "#, "e()"),
        (#"{"name":"e","args":[],"more":1}"#, "e()"), (#"{"name":"","args":[]}"#, "()"),
    ])
    func `an object with a name and arguments stands for an event`(text: String, event: String) {
        #expect(words(text) == event)
    }

    @Test(arguments: [
        #"{"name":"e"}"#, #"{"args":[]}"#, #"{"name":1,"args":[]}"#, #"{"name":"e","args":{}}"#,
        #"{"name":null,"args":null}"#, #"[{"name":"e","args":[]}]"#, #"{"a":{"name":"e","args":[]}}"#, "1", "{}",
    ])
    func `any other JSON message is a message`(text: String) {
        #expect(words(text) == nil)
    }

    @Test func `text and binary messages never stand for events`() {
        #expect(EventStandIn.event(in: .text(#"{"name":"e","args":[]}"#)) == nil)
        #expect(EventStandIn.event(in: .binary(ByteBuffer(string: #"{"name":"e","args":[]}"#))) == nil)
    }
}
