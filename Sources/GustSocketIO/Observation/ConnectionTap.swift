import GustWire
import NIOCore
import Synchronization

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Records the last packets of one connection, in both directions, while somebody watches it.
///
/// The connection records on its loop; the packets are taken on any thread. The oldest packets are dropped beyond ``capacity``.
package final class ConnectionTap: Sendable {
    /// How many packets are kept.
    package static let capacity = 100

    private struct State {
        var packets = CircularBuffer<TappedPacket>()
        var count = 0
        var isOver = false
    }

    private let state = Mutex(State())

    /// Records a frame; called on the connection's loop.
    func record(_ frame: Frame, isSent: Bool) {
        let time = Int((Date().timeIntervalSince1970 * 1_000).rounded(.down))
        state.withLock { state in
            state.count += 1
            if state.packets.count == Self.capacity { state.packets.removeFirst() }
            state.packets.append(TappedPacket(number: state.count, time: time, isSent: isSent, frame))
        }
    }

    /// Records text that was written to a buffer; nothing if the text is empty.
    func record(textIn buffer: ByteBuffer, from start: Int) {
        guard let text = buffer.getSlice(at: start, length: buffer.writerIndex - start), text.readableBytes > 0 else {
            return
        }
        record(.text(text), isSent: true)
    }

    /// Ends the tap, because the connection has ended.
    func end() { state.withLock { $0.isOver = true } }

    /// The packets that are kept and have a greater number, and whether the connection has ended.
    package func packets(after number: Int) -> (packets: [TappedPacket], isOver: Bool) {
        state.withLock { state in
            // The packets have consecutive numbers, and the last one has the number `count`.
            let count = min(state.packets.count, max(0, state.count - number))
            return (Array(state.packets.suffix(count)), state.isOver)
        }
    }
}
