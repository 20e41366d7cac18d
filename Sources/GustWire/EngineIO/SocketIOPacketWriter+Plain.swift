import GustJSON
import NIOCore

extension SocketIOPacketWriter {
    /// Appends `42["name",arguments]`, the most common frame, in one write: several writes to a buffer cost more than the bytes.
    ///
    /// - Returns: false, and nothing is written, for any other packet: one with a namespace, an id or attachments, or with
    ///   a name that must be escaped.
    static func writePlainEvent(_ packet: Packet, into buffer: inout ByteBuffer) -> Bool {
        guard case .event(let namespace, nil, let name, let content) = packet, !content.hasAttachments,
            namespace == "/"
        else { return false }
        let arguments = content.text
        let count = name.utf8.count + arguments.readableBytes + (arguments.readableBytes > 0 ? 7 : 6)
        let written = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: count) { target in
            // Every string on Linux and every native one elsewhere has contiguous bytes; others are written in several steps.
            name.utf8.withContiguousStorageIfAvailable { name in
                let name = UnsafeRawBufferPointer(name)
                guard PlainBytes.endOfPlainText(in: name, from: 0) == name.count else { return 0 }
                target[0] = UInt8(ascii: "4")
                target[1] = UInt8(ascii: "2")
                target[2] = UInt8(ascii: "[")
                target[3] = UInt8(ascii: "\"")
                var end = 4
                copy(name, to: target, at: &end)
                target[end] = UInt8(ascii: "\"")
                end += 1
                arguments.withUnsafeReadableBytes { arguments in
                    guard arguments.count > 0 else { return }
                    target[end] = UInt8(ascii: ",")
                    end += 1
                    copy(arguments, to: target, at: &end)
                }
                target[end] = UInt8(ascii: "]")
                return end + 1
            } ?? 0
        }
        return written > 0
    }

    private static func copy(
        _ source: UnsafeRawBufferPointer,
        to target: UnsafeMutableRawBufferPointer,
        at end: inout Int
    ) {
        UnsafeMutableRawBufferPointer(rebasing: target[end..<(end + source.count)]).copyMemory(from: source)
        end += source.count
    }
}
