package import NIOCore

/// The inputs of one read, in order, and the memory for the payloads of whole messages.
///
/// Nearly all messages are whole. Emptied and used again, as by all WebSockets of a loop, this object allocates nothing for them, unless
/// somebody keeps a slice of the payloads.
///
/// Used on one thread. Exclusivity isn't checked at run time: every access is inside of a method of this class, and the closure of
/// ``writePayloads(atMost:_:)`` uses the entries only.
package final class WebSocketInputs {
    /// A place without references, so that adding and removing one costs no more than its bytes.
    private struct Entry {
        enum Kind { case text, binary, other }

        var kind: Kind
        /// The range of a message among the payloads; the index among `others` of another input.
        var start: Int
        var end: Int
    }

    @exclusivity(unchecked) private var entries: [Entry] = []
    @exclusivity(unchecked) private var others: [WebSocketInput] = []
    /// The payloads of whole messages, unmasked, one behind the other.
    @exclusivity(unchecked) package private(set) var payloads = ByteBuffer()

    /// Makes an empty value.
    package init() {}

    /// The number of inputs.
    package var count: Int { entries.count }

    /// Calls `body` with memory for the payloads of a read, at most `count` bytes; `body` returns how many it has used.
    ///
    /// Called once for a read, while there are no inputs.
    func writePayloads(atMost count: Int, _ body: (UnsafeMutableRawBufferPointer) -> Int) {
        payloads.clear(minimumCapacity: count)
        payloads.writeWithUnsafeMutableBytes(minimumWritableBytes: count, body)
    }

    /// Adds a whole message: a range of the payloads.
    func append(isText: Bool, _ range: Range<Int>) {
        entries.append(Entry(kind: isText ? .text : .binary, start: range.lowerBound, end: range.upperBound))
    }

    /// Adds an input with memory of its own.
    package func append(_ input: WebSocketInput) {
        entries.append(Entry(kind: .other, start: others.count, end: others.count))
        others.append(input)
    }

    /// Removes all inputs, and keeps the memory for the next read unless it is much.
    package func removeAll() {
        entries.removeAll(keepingCapacity: entries.count <= Self.mostKept)
        if !others.isEmpty { others = [] }
        if payloads.capacity > Self.largestKept { payloads = ByteBuffer() }
    }

    /// The number of inputs whose memory is kept: as many short messages as one usual read brings.
    private static let mostKept = 256
    /// The largest memory for payloads that is kept, in bytes.
    ///
    /// A slice that somebody keeps holds all of it, so it isn't much longer than a usual read.
    private static let largestKept = 4_096

    /// The range of a whole text message among the bytes of ``payloads``; nil if the input is something else.
    package func text(at index: Int) -> Range<Int>? {
        let entry = entries[index]
        return entry.kind == .text ? entry.start..<entry.end : nil
    }

    /// An input as a value of its own; a whole message is a slice of ``payloads``.
    package subscript(index: Int) -> WebSocketInput {
        let entry = entries[index]
        guard entry.kind != .other else { return others[entry.start] }
        let slice = payloads.getSlice(at: entry.start, length: entry.end - entry.start)
        return entry.kind == .text ? .text(slice ?? ByteBuffer()) : .binary(slice ?? ByteBuffer())
    }
}
