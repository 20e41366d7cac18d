import GustHTTP

/// One fault of a value: where it is, and what is expected there.
public struct ValidationFault: Sendable {
    enum Step: Sendable {
        case key(String)
        case number(Int)
    }

    let path: [Step]
    /// What is expected.
    public let message: String

    /// The place as a path of keys, such as `addresses[0].street`; empty for the value as a whole.
    public var place: String {
        var place = ""
        for step in path {
            switch step {
            case .key(let key): place += place.isEmpty ? key : ".\(key)"
            case .number(let number): place += "[\(number)]"
            }
        }
        return place
    }

    /// The place as a JSON pointer in a fragment, such as `#/addresses/0/street` (RFC 6901 §6).
    public var pointer: String {
        path.reduce(into: "#") { pointer, step in
            switch step {
            case .key(let key):
                let escaped = key.utf8.flatMap { byte in
                    byte == UInt8(ascii: "~") ? Array("~0".utf8) : byte == UInt8(ascii: "/") ? Array("~1".utf8) : [byte]
                }
                pointer += "/\(PercentEncoding.encodeSegment(String(decoding: escaped, as: UTF8.self)))"
            case .number(let number): pointer += "/\(number)"
            }
        }
    }
}
