package import NIOCore

/// The inputs of one read, in order: whole messages where they stand in the buffer, and everything else in memory of its own.
///
/// Nearly all messages are whole. Emptied and used again, this value allocates nothing for them.
package struct WebSocketInputs {
    /// A place without references, so that adding and removing one costs no more than its bytes.
    private struct Entry {
        enum Kind { case text, binary, other }

        var kind: Kind
        /// The range of a message; the index among `others` of another input.
        var start: Int
        var end: Int
    }

    private var entries: [Entry] = []
    private var others: [WebSocketInput] = []

    /// Makes an empty value.
    package init() {}

    /// The number of inputs.
    package var count: Int { entries.count }

    /// Adds a whole message that stands in the readable bytes of the buffer.
    package mutating func append(isText: Bool, _ range: Range<Int>) {
        entries.append(Entry(kind: isText ? .text : .binary, start: range.lowerBound, end: range.upperBound))
    }

    /// Adds an input with memory of its own.
    package mutating func append(_ input: WebSocketInput) {
        entries.append(Entry(kind: .other, start: others.count, end: others.count))
        others.append(input)
    }

    /// Removes all inputs, and keeps the memory for the next read unless there were many.
    package mutating func removeAll() {
        entries.removeAll(keepingCapacity: entries.count <= Self.mostKept)
        if !others.isEmpty { others = [] }
    }

    /// The number of inputs whose memory is kept: as many short messages as one usual read brings.
    private static let mostKept = 256

    /// The range of a whole text message among the readable bytes of the buffer; nil if the input is something else.
    package func text(at index: Int) -> Range<Int>? {
        let entry = entries[index]
        return entry.kind == .text ? entry.start..<entry.end : nil
    }

    /// An input as a value of its own.
    ///
    /// - Parameters:
    ///   - index: The number of the input.
    ///   - buffer: The buffer that was read, whose reader index hasn't been moved.
    /// - Returns: The input; a message is a slice of the buffer.
    package func input(at index: Int, of buffer: ByteBuffer) -> WebSocketInput {
        let entry = entries[index]
        guard entry.kind != .other else { return others[entry.start] }
        let slice = buffer.getSlice(at: buffer.readerIndex + entry.start, length: entry.end - entry.start)
        return entry.kind == .text ? .text(slice ?? ByteBuffer()) : .binary(slice ?? ByteBuffer())
    }
}
