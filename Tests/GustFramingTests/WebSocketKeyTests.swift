import GustFraming
import Testing

/// `Sec-WebSocket-Key` and its answer (RFC 6455 §1.3).
@Suite struct WebSocketKeyTests {
    @Test func `the answer to the key of the specification is that of the specification`() {
        #expect(WebSocketKey.answer(to: "dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")
    }

    @Test func `random keys are valid and differ`() {
        let keys = (0..<100).map { _ in WebSocketKey.random() }
        #expect(keys.allSatisfy { WebSocketKey.isValid($0) && $0.utf8.count == 24 })
        #expect(Set(keys).count == 100)
    }

    @Test(arguments: ["", "x", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZQ== "])
    func `a key of another length, or that isn't base64, is invalid`(key: String) {
        #expect(!WebSocketKey.isValid(key))
    }
}
