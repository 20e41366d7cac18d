import GustWire
import NIOCore
import Testing

/// Messages are compared by their bytes.
@Suite struct MessageTests {
    @Test func `texts that are canonically equal are different messages`() {
        #expect(Message.text("é") != Message.text("e\u{301}"))
        #expect(Message.text("\u{212A}") != Message.text("K"))
        #expect(Message.text("é") == Message.text("é"))
        #expect(Message.text("1") != Message.json(JSONSlice(trusted: .init(string: "1"))))
    }
}
