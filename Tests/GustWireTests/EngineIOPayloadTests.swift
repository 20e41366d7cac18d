import Foundation
import GustWire
import NIOCore
import Testing

/// Payloads of Engine.IO 3 and 4.
struct EngineIOPayloadTests {
    private func decode(
        _ payload: any PayloadCodec,
        _ body: ByteBuffer,
        isBinary: Bool = false
    ) -> (frames: [String], problem: WireError.Problem?) {
        var frames: [String] = []
        do throws(WireError) {
            try payload.decode(body, isBinary: isBinary, limits: PayloadLimits()) { frame throws(WireError) in
                switch frame {
                case .text(let text): frames.append(String(buffer: text))
                case .binary(let bytes): frames.append("\(Array(bytes.readableBytesView))")
                }
            }
            return (frames, nil)
        } catch {
            return (frames, error.problem)
        }
    }

    private let four = Revision.engineIO4.payload
    private let three = Revision.engineIO3.payload

    @Test func `revision 4 separates packets by 0x1E`() {
        #expect(
            decode(four, ByteBuffer(string: "4hello\u{1E}2\u{1E}bAQIDBA==")).frames == ["4hello", "2", "[1, 2, 3, 4]"]
        )
        #expect(decode(four, ByteBuffer(string: "4hello")).frames == ["4hello"])
        let frames: [Frame] = [.text(ByteBuffer(string: "4hé")), .binary(ByteBuffer(bytes: [1, 2, 3, 4]))]
        let (body, isBinary) = four.encode(frames, supportsBinary: true)
        #expect(String(buffer: body) == "4hé\u{1E}bAQIDBA==")
        #expect(!isBinary)
    }

    @Test(arguments: ["bAQIDBA==", "bAQIDBA", "bAQIDBA="])
    func `base64 needs no padding`(text: String) {
        #expect(decode(four, ByteBuffer(string: text)).frames == ["[1, 2, 3, 4]"])
    }

    @Test(arguments: [
        // Both alphabets, as Node accepts them, and superfluous padding.
        ("b+/8=", "[251, 255]"), ("b-_8", "[251, 255]"), ("bAQID=", "[1, 2, 3]"), ("b", "[]"),
    ])
    func `base64 may use either alphabet`(text: String, bytes: String) {
        #expect(decode(four, ByteBuffer(string: text)).frames == [bytes])
    }

    @Test func `base64 may contain spaces and line ends`() {
        let lines = ["bAQID\n", "bAQ\r\nID\r\n", "b AQ\tI D", "bAQID=\n"]
        for line in lines { #expect(decode(four, ByteBuffer(string: line)).frames == ["[1, 2, 3]"]) }
        // Java's MIME encoder writes a line end after every 76 characters, and at the end.
        let bytes = [UInt8](repeating: 7, count: 100)
        let text = Data(bytes).base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed]) + "\n"
        #expect(decode(four, ByteBuffer(string: "b\(text)\u{1E}4x")).frames == ["\(bytes)", "4x"])
        for text in ["bAQ*ID", "bAQ\u{0}ID", "bAQID\u{301}"] {
            #expect(decode(four, ByteBuffer(string: text)).problem == .malformed)
        }
    }

    @Test func `revision 4 refuses empty, binary and damaged payloads`() {
        #expect(decode(four, ByteBuffer()).problem == .empty)
        #expect(decode(four, ByteBuffer(string: "4x"), isBinary: true).problem != nil)
        #expect(decode(four, ByteBuffer(bytes: [0x34, 0xC3])).problem == .invalidUTF8)
        let damaged = decode(four, ByteBuffer(string: "4a\u{1E}b*\u{1E}4b"))
        #expect(damaged.frames == ["4a"])
        #expect(damaged.problem == .malformed)
    }

    @Test func `a payload has at most 1000 packets`() {
        func body(_ count: Int) -> ByteBuffer {
            ByteBuffer(string: Array(repeating: "2", count: count).joined(separator: "\u{1E}"))
        }
        #expect(decode(four, body(1_000)).problem == nil)
        #expect(decode(four, body(1_001)).problem == .tooManyPackets)
        #expect(
            decode(four, ByteBuffer(string: String(repeating: "\u{1E}", count: 1_000_000))).problem == .tooManyPackets
        )
        #expect(decode(three, ByteBuffer(string: String(repeating: "1:2", count: 1_000))).problem == nil)
        #expect(decode(three, ByteBuffer(string: String(repeating: "1:2", count: 1_001))).problem == .tooManyPackets)
        func bytes(_ count: Int) -> ByteBuffer {
            ByteBuffer(bytes: Array(repeating: [0, 1, 0xFF, 0x32], count: count).joined())
        }
        #expect(decode(three, bytes(1_000), isBinary: true).problem == nil)
        #expect(decode(three, bytes(1_001), isBinary: true).problem == .tooManyPackets)
    }

    @Test func `lengths of revision 3 count UTF-16 code units`() {
        // 😀 is two UTF-16 code units, é is one.
        #expect(decode(three, ByteBuffer(string: "6:4hello4:4😀é2:4€")).frames == ["4hello", "4😀é", "4€"])
        #expect(decode(three, ByteBuffer(string: "10:b4AQIDBA==1:2")).frames == ["[4, 1, 2, 3, 4]", "2"])
        #expect(decode(three, ByteBuffer(string: "0:")).frames.isEmpty)
        #expect(decode(three, ByteBuffer(string: "0:")).problem == nil)
        let frames: [Frame] = [.text(ByteBuffer(string: "4😀é")), .binary(ByteBuffer(bytes: [4, 1, 2, 3, 4]))]
        let (body, isBinary) = three.encode(frames, supportsBinary: false)
        #expect(String(buffer: body) == "4:4😀é10:b4AQIDBA==")
        #expect(!isBinary)
        #expect(String(buffer: three.encode([], supportsBinary: true).body) == "0:")
    }

    @Test func `binary payloads of revision 3 have binary headers`() {
        //  text, 6 bytes: 4hello                          bytes, 5 of them: message 1 2 3 4
        let bytes: [UInt8] = [0, 6, 0xFF, 0x34, 0x68, 0x65, 0x6C, 0x6C, 0x6F, 1, 5, 0xFF, 4, 1, 2, 3, 4]
        #expect(decode(three, ByteBuffer(bytes: bytes), isBinary: true).frames == ["4hello", "[4, 1, 2, 3, 4]"])
        let frames: [Frame] = [.text(ByteBuffer(string: "4hello")), .binary(ByteBuffer(bytes: [4, 1, 2, 3, 4]))]
        let (body, isBinary) = three.encode(frames, supportsBinary: true)
        #expect(Array(body.readableBytesView) == bytes)
        #expect(isBinary)
        // A payload without binary packets is text.
        #expect(!three.encode([.text(ByteBuffer(string: "2"))], supportsBinary: true).isBinary)
    }

    @Test(arguments: [
        "7:4hello", "x:4", ":4", "4hello", "-1:4", "99999999999:4", "1:😀", "5", "1:a1",
        ":1:2", "999999999999999999999999999999:4",
    ])
    func `revision 3 refuses wrong lengths`(text: String) {
        #expect(decode(three, ByteBuffer(string: text)).problem != nil)
    }

    @Test(
        arguments: [
            [2, 1, 0xFF, 0x34], [0, 0xFF, 0x34], [0, 2, 0xFF, 0x34], [0, 10, 0xFF, 0x34], [0, 1], [1],
            [0, 1, 0xFF, 0xC3],
            [0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 0xFF], [0] + Array(repeating: 9, count: 30) + [0xFF],
            // No digits, and invalid digits.
            [0, 0xFF], [0, 10, 0xFF] + Array(repeating: 0x61, count: 10),
        ] as [[UInt8]]
    )
    func `revision 3 refuses wrong binary headers`(bytes: [UInt8]) {
        #expect(decode(three, ByteBuffer(bytes: bytes), isBinary: true).problem != nil)
    }

    @Test func `revision 3 refuses empty and damaged payloads with the position of the fault`() {
        #expect(decode(three, ByteBuffer()).problem == .empty)
        #expect(decode(three, ByteBuffer(), isBinary: true).problem == .empty)
        #expect(decode(three, ByteBuffer(bytes: [0x32, 0x3A, 0x34, 0xC3])).problem == .invalidUTF8)
        //  text, 1 byte: 2    bytes, 9 announced, 1 present
        let bytes: [UInt8] = [0, 1, 0xFF, 0x32, 1, 9, 0xFF, 4]
        #expect(throws: WireError(.malformed, at: 4)) {
            try three.decode(ByteBuffer(bytes: bytes), isBinary: true, limits: PayloadLimits()) { _ in }
        }
        #expect(throws: WireError(.malformed, at: 3)) {
            try three.decode(ByteBuffer(string: "1:29:4"), isBinary: false, limits: PayloadLimits()) { _ in }
        }
    }

    @Test func `escaped newlines of a form are unescaped`() throws {
        func payload(_ form: String) throws -> String {
            String(buffer: try Revision.engineIO3.posted(ByteBuffer(string: form), true))
        }
        #expect(try payload("d=6:4hello") == "6:4hello")
        // `\n` is a newline, `\\n` a backslash and an n, and + a space.
        #expect(try payload(#"a=b&d=4a+b\nc\\nd%5Cn%C3%A9"#) == "4a b\nc\\nd\né")
        #expect(throws: WireError(.empty)) { try payload("x=1") }
        #expect(throws: WireError(.empty)) { try payload("&&dd=1&d&=d&") }
        #expect(try payload("d=%4&d=2") == "%4")
        #expect(try payload("d=") == "")
        // Backslashes at the end are kept.
        for text in [#"a\"#, #"a\\"#] { #expect(try payload("d=\(text)") == text) }
        #expect(String(buffer: try Revision.engineIO3.posted(ByteBuffer(string: "d=1"), false)) == "d=1")
    }

    @Test func `the script of a poll calls a callback with an escaped string`() {
        let text = Revision.engineIO3.callback.call(3, with: ByteBuffer(string: "4\"</script>\u{2028}\u{2029}é"))
        #expect(String(buffer: text) == #"___eio[3]("4\"\u003c/script>\u2028\u2029é");"#)
        // Characters next to U+2028 and U+2029, and incomplete beginnings of one.
        let near = Revision.engineIO3.callback.call(0, with: ByteBuffer(string: "\u{2026}\u{202A}\u{2068}"))
        #expect(String(buffer: near) == "___eio[0](\"\u{2026}\u{202A}\u{2068}\");")
        for beginning in [[0xE2], [0xE2, 0x80]] as [[UInt8]] {
            let cut = Revision.engineIO3.callback.call(0, with: ByteBuffer(bytes: beginning))
            #expect(cut.readableBytes == "___eio[0](\"\");".utf8.count + beginning.count)
        }
    }
}
