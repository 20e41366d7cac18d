import GustContract
import GustWire
import NIOCore
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The declarations of events: how payloads and replies become arguments.
@Suite struct EventTests {
    private struct Line: Codable, Equatable {
        var who: String
        var at: Int?
    }

    private func text(_ arguments: Arguments) -> String { String(buffer: arguments.text) }

    @Test func `the only argument is the payload`() throws {
        let event = ClientEvent<Line, Never>("line")
        let arguments = try event.signature.payload.arguments(of: Line(who: "Ada"))
        #expect(text(arguments) == #"{"who":"Ada"}"#)
        #expect(try event.signature.payload.value(of: arguments) == Line(who: "Ada"))
        #expect(event.name == "line")
    }

    @Test func `several arguments are a tuple, and the missing last one is nil`() throws {
        let event = ClientEvent<(String, Int?), Never>("join")
        #expect(text(try event.signature.payload.arguments(of: ("Ada", 7))) == #""Ada",7"#)
        let (name, key) = try event.signature.payload.value(of: Arguments.encoded(#""Ada""#))
        #expect(name == "Ada" && key == nil)
    }

    @Test func `Void is no argument, and those of the peer are ignored`() throws {
        let event = ServerEvent<Void, Void>("tick")
        #expect(text(try event.signature.payload.arguments(of: ())) == "")
        try event.signature.payload.value(of: Arguments.encoded("1,2"))
        try event.signature.reply.value(of: Arguments())
    }

    @Test func `bytes become attachments, alone and inside of a value`() throws {
        struct Photo: Codable {
            var bytes: Data
            var more: ByteBuffer
        }
        let event = Event<(ByteBuffer, Photo), Never>("photo")
        let payload = (ByteBuffer(string: "a"), Photo(bytes: Data("b".utf8), more: ByteBuffer(string: "c")))
        let arguments = try event.signature.payload.arguments(of: payload)
        #expect(arguments.attachments == ["a", "b", "c"].map { ByteBuffer(string: $0) })
        let (first, second) = try event.signature.payload.value(of: arguments)
        #expect(first == ByteBuffer(string: "a") && second.bytes == Data("b".utf8))
        #expect(second.more == ByteBuffer(string: "c"))
    }

    @Test func `an event whose reply is Never has no reply`() {
        #expect(!Event<Int, Never>("a").signature.hasReply)
        #expect(Event<Int, Void>("a").signature.hasReply)
    }

    @Test(arguments: [
        (#"{"who":1}"#, "argument 0: a value of type String is expected: who"),
        (#"{}"#, "argument 0: a value is missing: who"),
        (#"7"#, "argument 0: expected Line, found 7"), ("", "argument 0: expected Line, found nothing"),
    ])
    func `a payload that doesn't fit is an error that names the place`(text: String, error: String) throws {
        let event = ClientEvent<Line, Never>("line")
        let thrown = try #require(throws: (any Error).self) {
            try event.signature.payload.value(of: Arguments.encoded(text))
        }
        #expect("\(thrown)" == error)
    }

    @Test func `a place inside of arrays and objects is named by its whole path`() throws {
        let event = ClientEvent<(Int, [String: [Line]]), Never>("lines")
        let thrown = try #require(throws: (any Error).self) {
            try event.signature.payload.value(of: Arguments.encoded(#"1,{"a":[{"who":"x"},{"who":"y","at":true}]}"#))
        }
        #expect("\(thrown)" == "argument 1: a value of type Int is expected: a[1].at")
    }

    @Test func `the error of a refused event is thrown as such, unless the reply fits`() throws {
        let refused = try Arguments.encoded(#"{"error":"the room is full"}"#)
        let thrown = try #require(throws: EventRefusal.self) {
            try ClientEvent<Int, Line>("a").signature.reply(of: refused)
        }
        #expect(thrown.message == "the room is full")
        #expect(throws: EventRefusal.self) { try ClientEvent<Int, Void>("a").signature.reply(of: refused) }
        #expect(
            try ClientEvent<Int, [String: String]>("a").signature.reply(of: refused) == ["error": "the room is full"]
        )
        #expect(throws: (any Error).self) { try ClientEvent<Int, Line>("a").signature.reply(of: Arguments()) }
    }

    @Test(arguments: ["connect", "disconnect", "connect_error", "disconnecting", "newListener", "removeListener"])
    func `names that Socket.IO reserves are known`(name: String) {
        #expect(ReservedName.contains(name))
        #expect(ReservedName(name: name).description.contains("\"\(name)\" is reserved"))
    }

    @Test func `a declaration with a reserved name ends the program`() async {
        await #expect(processExitsWith: .failure) { _ = ClientEvent<Int, Never>("connect") }
    }
}

extension Arguments {
    /// Arguments from their text.
    static func encoded(_ text: String) throws -> Arguments {
        Arguments(trusted: ByteBuffer(string: text))
    }
}
