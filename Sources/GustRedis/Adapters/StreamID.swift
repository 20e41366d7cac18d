#if Redis
/// The id of an entry, `<milliseconds>-<sequence number>`.
struct StreamID: Hashable, Comparable, CustomStringConvertible {
    let milliseconds: UInt64
    let sequence: UInt64

    /// Reads an id; nil if the text is none, as the offset of a client can be.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let hyphen = bytes.firstIndex(of: UInt8(ascii: "-")), let milliseconds = Self.number(bytes[..<hyphen]),
            let sequence = Self.number(bytes[(hyphen + 1)...])
        else { return nil }
        self.init(milliseconds: milliseconds, sequence: sequence)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> UInt64? {
        guard !digits.isEmpty, digits.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }

    private init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// The least id that is greater.
    var successor: StreamID {
        sequence < .max
            ? StreamID(milliseconds: milliseconds, sequence: sequence + 1)
            : StreamID(milliseconds: milliseconds &+ 1, sequence: 0)
    }

    var description: String { "\(milliseconds)-\(sequence)" }

    static func < (left: StreamID, right: StreamID) -> Bool {
        (left.milliseconds, left.sequence) < (right.milliseconds, right.sequence)
    }
}
#endif
