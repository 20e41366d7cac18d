import NIOCore
import Testing

@testable import GustWire

/// Packets that are written in one step.
struct PlainPacketTests {
    private func text(_ length: Int?, _ write: (UnsafeMutableRawBufferPointer) -> Void) -> String? {
        guard let length else { return nil }
        var buffer = ByteBuffer()
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: length) { output in
            write(UnsafeMutableRawBufferPointer(rebasing: output[..<length]))
            return length
        }
        return String(buffer: buffer)
    }

    @Test(arguments: ["", "1", #""é😀",{"a":[]}"#], ["x", "", "é😀", "a longer name of more than fifteen bytes"])
    func `an event has the text that the codec writes`(arguments: String, name: String) throws {
        let arguments = Arguments(trusted: ByteBuffer(string: arguments))
        let plain = text(PlainPacket.length(event: name, arguments)) {
            PlainPacket.write(event: name, arguments, to: $0)
        }
        // The codec is given a namespace that it names, so that it can't use the same function.
        let named = Wire(.engineIO4).encode(.event(namespace: "/n", id: nil, name: name, arguments: arguments))
        #expect(plain == named.replacing("42/n,", with: "42"))
    }

    @Test(arguments: [0, 9, 10, 123_456_789, .max], ["", "1", #""é😀",{"a":[]}"#])
    func `an acknowledgement has the text that the codec writes`(id: Int, arguments: String) {
        let arguments = Arguments(trusted: ByteBuffer(string: arguments))
        let plain = text(PlainPacket.length(acknowledgement: id, arguments)) {
            PlainPacket.write(acknowledgement: id, arguments, to: $0)
        }
        let packet = Packet.acknowledgement(namespace: "/", id: id, arguments: arguments)
        #expect(plain == Wire(.engineIO4).encode(packet))
    }

    @Test(arguments: [#"a"b"#, #"a\b"#, "a\nb", "a longer name with a quote at its end\""])
    func `an event whose name must be escaped is left to the codec`(name: String) {
        #expect(PlainPacket.length(event: name, Arguments()) == nil)
    }

    @Test func `packets with attachments are left to the codec`() {
        let arguments = Arguments(
            trusted: ByteBuffer(string: #"{"_placeholder":true,"num":0}"#),
            attachments: [ByteBuffer(bytes: [1])]
        )
        #expect(PlainPacket.length(event: "x", arguments) == nil)
        #expect(PlainPacket.length(acknowledgement: 1, arguments) == nil)
    }
}
