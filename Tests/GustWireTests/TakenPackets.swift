import NIOCore

@testable import GustWire

/// Collects the packets of a codec, also the events that never become packets otherwise.
final class TakenPackets: PacketReceiver {
    private(set) var packets: [Packet] = []

    func receive(_ packet: consuming Packet) { packets.append(packet) }

    func receive(event name: UnsafeRawBufferPointer, id: Int?, arguments: consuming Arguments) {
        let name = String(decoding: name, as: UTF8.self)
        packets.append(.event(namespace: "/", id: id, name: name, arguments: arguments))
    }
}

extension Codec {
    /// Decodes a text that stands between other bytes of a buffer.
    mutating func decode(inPlace text: ByteBuffer, to receiver: any PacketReceiver) throws(WireError) {
        var buffer = ByteBuffer(string: "before\"")
        let index = buffer.writerIndex
        buffer.writeImmutableBuffer(text)
        buffer.writeString("\"]behind")
        // Bytes in front of the reader index make an index different from an offset.
        buffer.moveReaderIndex(forwardBy: 3)
        let offset = index - buffer.readerIndex
        var failure: WireError?
        buffer.withUnsafeReadableBytes { bytes in
            let text = UnsafeRawBufferPointer(rebasing: bytes[offset..<(offset + text.readableBytes)])
            do throws(WireError) {
                try decode(text: text, at: index, of: buffer, to: receiver)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
    }
}
