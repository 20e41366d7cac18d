#if Redis
/// Bytes of a server that aren't RESP, or that exceed a bound; the connection is closed then.
package enum RESPError: Error, Hashable, CustomStringConvertible {
    /// A value begins with a byte that stands for no type.
    case unknownType(UInt8)
    /// A line contains a CR without LF or an LF without CR.
    case brokenLine
    /// A line that must be an integer, a floating-point number, a truth value or null isn't one.
    case malformedLine(type: UInt8)
    /// A length isn't a decimal number, or is negative.
    case malformedLength
    /// A string isn't followed by CR LF.
    case missingTerminator
    /// A verbatim string has no format.
    case missingFormat
    /// A string or line is longer than this number of bytes.
    case stringTooLong(limit: Int)
    /// A reply has more than this number of values.
    case tooManyElements(limit: Int)
    /// Values are nested deeper than this number of levels.
    case tooDeep(limit: Int)
    /// A reply is longer than this number of bytes.
    case replyTooLong(limit: Int)

    /// The reason, for logs.
    package var description: String {
        switch self {
        case .unknownType(let byte): "a value begins with the byte \(byte), which stands for no type of RESP"
        case .brokenLine: "a line doesn't end with CR LF"
        case .malformedLine(let type): "the value of type \(Unicode.Scalar(type)) is malformed"
        case .malformedLength: "a length is malformed"
        case .missingTerminator: "a string isn't followed by CR LF"
        case .missingFormat: "a verbatim string has no format"
        case .stringTooLong(let limit): "a string has more than \(limit) bytes"
        case .tooManyElements(let limit): "a reply has more than \(limit) values"
        case .tooDeep(let limit): "values are nested deeper than \(limit) levels"
        case .replyTooLong(let limit): "a reply has more than \(limit) bytes"
        }
    }
}
#endif
