import Testing

@testable import GustControl
@testable import GustHTTP

/// The messages between the command and the application.
@Suite struct ControlTests {
    @Test(arguments: [
        ControlMessage.ready, .listening, .go, .building, .changed("public/a b.css"), .routes("GET /\\d\n\nPOST /x\n"),
        .failed("error: é\\n\n"), .failed(""),
    ]) func `each message survives its line, also in pieces of one byte`(message: ControlMessage) {
        #expect(message.line.filter { $0 == UInt8(ascii: "\n") }.count == 1)
        var reader = ControlReader()
        #expect(message.line.flatMap { reader.feed([$0]) } == [message])
    }

    @Test func `unknown and overlong lines are dropped, and the next line counts`() {
        var reader = ControlReader()
        #expect(reader.feed("sing loudly\ngo\n".utf8) == [.go])
        let long = [UInt8](repeating: 0x61, count: ControlReader.maximumLength + 1)
        #expect(reader.feed("failed ".utf8 + long + "\nready\n".utf8) == [.ready])
    }

    @Test func `a channel carries a message larger than its buffer, and tells of its end`() throws {
        let (own, other) = try #require(ControlChannel.pair())
        let text = String(repeating: "GET /tea\n", count: 2_000)
        #expect(own.send(.routes(text)))
        var reader = ControlReader()
        var messages: [ControlMessage] = []
        while messages.isEmpty { messages += try #require(other.receive(&reader)) }
        #expect(messages == [.routes(text)])
        own.close()
        #expect(other.receive(&reader) == nil)
        other.close()
    }

    @Test(arguments: [("development", true), ("Development", false), ("production", false), ("", false), (nil, false)])
    func `only one value turns the mode on`(value: String?, isOn: Bool) {
        #expect(DevelopmentMode.isDevelopment(value) == isOn)
    }
}
