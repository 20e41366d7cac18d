import GustHTTP
import NIOCore
import Testing

/// The header of a frame depends on the length of a text that is written directly behind it.
@Suite struct PreparedMessageLengthTests {
    @Test(arguments: [0, 1, 125, 126, 65_535, 65_536])
    func `a text that is written in place has the frame of a text that is copied`(length: Int) {
        let text = ByteBuffer(repeating: 0x61, count: length)
        let written = PreparedMessage(textOfAbout: 16) { $0.writeImmutableBuffer(text) }
        #expect(written.frame == PreparedMessage(text: text).frame)
        #expect(written.payload == text)
        #expect(written.isText)
    }
}
