/// Something a peer sent that can't be decoded: what is wrong, and where.
package struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the bytes.
    package enum Problem: Sendable, Hashable {
        /// There are no bytes where a packet should be.
        case empty
        /// The first character names no packet type.
        case unknownType
        /// The text isn't JSON.
        case invalidJSON
        /// The JSON nests deeper than allowed.
        case tooDeep
        /// The text isn't UTF-8.
        case invalidUTF8
        /// The count of binary attachments isn't a number, or is more than allowed.
        case invalidAttachmentCount
        /// The attachments of one packet are longer together than allowed.
        case attachmentsTooLong
        /// Text came while binary attachments were due, or bytes while none were.
        case unexpectedFrame
        /// A placeholder names no attachment.
        case invalidPlaceholder
        /// The packet's payload isn't of the kind its type asks for.
        case invalidPayload
        /// The event's name belongs to the protocol.
        case reservedName
        /// The payload has more packets than allowed.
        case tooManyPackets
        /// A length, an id or base64 text can't be read.
        case malformed
        /// There are more bytes than allowed before something is complete.
        case tooLong
    }

    /// What is wrong.
    package let problem: Problem
    /// Where, in bytes from the beginning of the frame or payload.
    package let offset: Int

    /// Describes a fault.
    package init(_ problem: Problem, at offset: Int = 0) {
        self.problem = problem
        self.offset = offset
    }

    /// What is wrong, what was expected, and where.
    package var description: String { "\(problem.sentence), at byte \(offset)" }
}

extension WireError.Problem {
    /// What is wrong, and what was expected instead.
    fileprivate var sentence: String {
        switch self {
        case .empty: "nothing where a packet was expected"
        case .unknownType: "no packet type of this protocol"
        case .invalidJSON: "no JSON where a value was expected"
        case .tooDeep: "JSON nested deeper than \(JSONScanner.maximumDepth) levels"
        case .invalidUTF8: "bytes that aren't UTF-8"
        case .invalidAttachmentCount: "an attachment count that is no number followed by -, or over the limit"
        case .attachmentsTooLong: "attachments of one packet that are too long together"
        case .unexpectedFrame: "text while attachments were expected, or bytes while none were"
        case .invalidPlaceholder: "a placeholder that names none of the announced attachments"
        case .invalidPayload: "a payload of another kind than the packet's type asks for"
        case .reservedName: "an event name that belongs to the protocol"
        case .tooManyPackets: "more packets in one payload than allowed"
        case .malformed: "a length, an id or base64 text that can't be read"
        case .tooLong: "more bytes than allowed before something is complete"
        }
    }
}
