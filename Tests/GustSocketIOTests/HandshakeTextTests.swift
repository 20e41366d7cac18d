import GustHTTP
import HTTPTypes
import NIOEmbedded
import Testing

@testable import GustSocketIO

/// Clients of one kind share the memory of their handshakes, and none gets a field of another.
@Suite struct HandshakeTextTests {
    private static let key = HTTPField.Name("Sec-WebSocket-Key")
    private let loop = EmbeddedEventLoop()

    private func text(
        of headers: HTTPFields,
        _ target: String = "/socket.io/?EIO=4",
        in texts: inout HandshakeTexts
    ) throws -> (text: HandshakeText, key: HandshakeText.Key) {
        texts.text(FieldLines(headers), try #require(RequestTarget(target)), isCrossDomain: false)
    }

    private func headers(_ key: String, agent: String = "A") throws -> HTTPFields {
        [.userAgent: agent, try #require(Self.key): key, .accept: "a.example"]
    }

    @Test func `requests that differ in their keys share one text, and each has its own key`() throws {
        var texts = HandshakeTexts()
        let keys = ["AAAAAAAAAAAAAAAAAAAAAA==", "dGhlIHNhbXBsZSBub25jZQ=="]
        let first = try text(of: headers(keys[0]), in: &texts)
        let second = try text(of: headers(keys[1]), in: &texts)
        #expect(first.text === second.text)
        #expect(try first.text.fields(first.key) == headers(keys[0]))
        #expect(try second.text.fields(second.key) == headers(keys[1]))
    }

    @Test func `requests that differ in a field or in the target share no text`() throws {
        var texts = HandshakeTexts()
        let key = "dGhlIHNhbXBsZSBub25jZQ=="
        let first = try text(of: headers(key), in: &texts)
        #expect(try text(of: headers(key, agent: "B"), in: &texts).text !== first.text)
        #expect(try text(of: headers(key), "/socket.io/?EIO=3", in: &texts).text !== first.text)
        #expect(try text(of: headers(key), "/socket.io/", in: &texts).text !== first.text)
        #expect(try text(of: headers(key), in: &texts).text === first.text)
    }

    @Test func `a key of another length stays in the text`() throws {
        var texts = HandshakeTexts()
        let short = try text(of: headers("short"), in: &texts)
        #expect(try text(of: headers("other"), in: &texts).text !== short.text)
        #expect(try short.text.fields(short.key) == headers("short"))
        let absent = try text(of: [.accept: "a.example"], in: &texts)
        #expect(absent.text.fields(absent.key) == [.accept: "a.example"])
    }

    @Test func `texts that are used again outlive texts that are used once`() throws {
        var texts = HandshakeTexts()
        let kept = try text(of: [.accept: "kept"], in: &texts).text
        for number in 0..<100 {
            _ = try text(of: [.accept: "\(number)"], in: &texts)
            #expect(try text(of: [.accept: "kept"], in: &texts).text === kept)
        }
        let once = try text(of: [.accept: "once"], in: &texts).text
        for number in 0..<100 { _ = try text(of: [.accept: "\(number)"], in: &texts) }
        #expect(try text(of: [.accept: "once"], in: &texts).text !== once)
    }
}
