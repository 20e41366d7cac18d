import GustHTTP

/// Comparison of entity tags (RFC 9110 §8.8.3) in the form that header fields have: quoted, with `W/` before a weak
/// tag.
package enum EntityTag {
    /// Whether `field`, a list of tags or `*`, contains `tag` by weak comparison (`If-None-Match`).
    package static func isListed(_ tag: String, in field: String) -> Bool {
        let wanted = opaque(Substring(tag))
        return isAny(field) || elements(of: field).contains { opaque($0).hasSameBytes(as: wanted) }
    }

    /// Whether `field`, a list of tags or `*`, contains `tag` by strong comparison (`If-Match`).
    package static func isListedStrongly(_ tag: String, in field: String) -> Bool {
        isAny(field) || elements(of: field).contains { isSameStrongly(tag, $0) }
    }

    /// Whether `field`, a single tag, equals `tag` by strong comparison (`If-Range`).
    package static func isSameStrongly(_ tag: String, _ field: some StringProtocol) -> Bool {
        !tag.hasBytePrefix("W/") && field.hasSameBytes(as: tag)
    }

    /// The weak form of a tag.
    package static func weak(_ tag: String) -> String { tag.hasBytePrefix("W/") ? tag : "W/" + tag }

    private static func isAny(_ field: String) -> Bool { field[...].trimmingSpaces().hasSameBytes(as: "*") }

    private static func opaque(_ tag: Substring) -> Substring {
        tag.hasBytePrefix("W/") ? Substring(tag.utf8.dropFirst(2)) : tag
    }

    /// The tags of a list, with their quotes and prefixes.
    ///
    /// A comma inside the quotes belongs to the tag.
    private static func elements(of field: String) -> [Substring] {
        var elements: [Substring] = []
        var isQuoted = false
        var start = field.utf8.startIndex
        for index in field.utf8.indices {
            switch field.utf8[index] {
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ",") where !isQuoted:
                elements.append(field[start..<index].trimmingSpaces())
                start = field.utf8.index(after: index)
            default: break
            }
        }
        elements.append(field[start...].trimmingSpaces())
        return elements
    }
}
