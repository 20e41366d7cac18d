/// Something a peer sent that can't be decoded: what is wrong, and where.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong with the bytes.
    public enum Problem: Sendable, Hashable {
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
    }

    /// What is wrong.
    public let problem: Problem
    /// Where, in bytes from the beginning of the frame or payload.
    public let offset: Int

    /// Describes a fault.
    package init(_ problem: Problem, at offset: Int = 0) {
        self.problem = problem
        self.offset = offset
    }

    /// What is wrong, and where.
    public var description: String { "\(problem) at byte \(offset)" }
}
