import GustJSON
import NIOCore

/// The text of events and acknowledgements of `/` without attachments in protocols 4 and 5: `42["name",arguments]` and `43id[arguments]`.
///
/// These are nearly all packets. Their length is known before they are written, so that a frame is written in one access to a buffer.
package enum PlainPacket {
    /// The length of an event's text in bytes; nil if it isn't written by ``write(event:_:to:)``.
    ///
    /// It has another form with attachments or with a name that must be escaped, and isn't an event with a reserved name.
    package static func length(event name: String, _ arguments: Arguments) -> Int? {
        guard !arguments.hasAttachments else { return nil }
        // Every string on Linux and every native one elsewhere has contiguous bytes.
        let isPlain = name.utf8.withContiguousStorageIfAvailable { name in
            let name = UnsafeRawBufferPointer(name)
            return PlainBytes.arePlain(name) && !SocketIOPacketParser.isReserved(name)
        }
        guard isPlain == true else { return nil }
        let count = arguments.text.readableBytes
        return name.utf8.count + count + (count > 0 ? 7 : 6)
    }

    /// The length of an acknowledgement's text in bytes; nil if it isn't written by ``write(acknowledgement:_:to:)``, with attachments.
    package static func length(acknowledgement id: Int, _ arguments: Arguments) -> Int? {
        guard !arguments.hasAttachments, id >= 0 else { return nil }
        return 4 + digitCount(of: id) + arguments.text.readableBytes
    }

    /// Stores the text of an event in `target`, which has exactly its length.
    package static func write(event name: String, _ arguments: Arguments, to target: UnsafeMutableRawBufferPointer) {
        target[0] = UInt8(ascii: "4")
        target[1] = UInt8(ascii: "2")
        target[2] = UInt8(ascii: "[")
        target[3] = UInt8(ascii: "\"")
        var end = 4
        _ = name.utf8.withContiguousStorageIfAvailable { name in
            copy(UnsafeRawBufferPointer(name), to: target, at: &end)
        }
        target[end] = UInt8(ascii: "\"")
        end += 1
        arguments.text.withUnsafeReadableBytes { arguments in
            guard arguments.count > 0 else { return }
            target[end] = UInt8(ascii: ",")
            end += 1
            copy(arguments, to: target, at: &end)
        }
        target[end] = UInt8(ascii: "]")
    }

    /// Stores the text of an acknowledgement in `target`, which has exactly its length.
    package static func write(
        acknowledgement id: Int,
        _ arguments: Arguments,
        to target: UnsafeMutableRawBufferPointer
    ) {
        target[0] = UInt8(ascii: "4")
        target[1] = UInt8(ascii: "3")
        let digits = digitCount(of: id)
        var rest = id
        for index in (2..<(2 + digits)).reversed() {
            target[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        var end = 2 + digits
        target[end] = UInt8(ascii: "[")
        end += 1
        arguments.text.withUnsafeReadableBytes { copy($0, to: target, at: &end) }
        target[end] = UInt8(ascii: "]")
    }

    /// The number of decimal digits.
    private static func digitCount(of id: Int) -> Int {
        var count = 1
        var rest = id
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        return count
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
