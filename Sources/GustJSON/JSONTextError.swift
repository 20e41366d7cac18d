/// Text that isn't JSON (RFC 8259), or that nests too deep.
package struct JSONTextError: Error, Hashable, CustomStringConvertible {
    /// What is wrong.
    package enum Problem: Sendable, Hashable {
        /// The text isn't UTF-8.
        case invalidUTF8
        /// The text breaks off, or has a byte that the grammar doesn't allow.
        case invalidJSON
        /// The text nests deeper than 64 levels.
        case tooDeep
        /// The text is longer than 2 GiB.
        case tooLong
    }

    /// What is wrong.
    package let problem: Problem
    /// The byte at which it is wrong, counted from 0; the length of the text if the text breaks off.
    package let offset: Int

    /// Describes a problem at a byte.
    package init(_ problem: Problem, at offset: Int) {
        self.problem = problem
        self.offset = offset
    }

    /// The problem and its place.
    package var description: String {
        switch problem {
        case .invalidUTF8: "the text isn't UTF-8 (byte \(offset))"
        case .invalidJSON: "the text isn't JSON (byte \(offset))"
        case .tooDeep: "the text nests deeper than 64 levels (byte \(offset))"
        case .tooLong: "the text is longer than 2 GiB"
        }
    }
}
