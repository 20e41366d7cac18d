import GustHTTP

/// Comparison of entity tags (RFC 9110 §8.8.3), as they stand in fields: quotes, and `W/` before a weak one.
package enum EntityTag {
    /// Whether `field`, a list of tags or `*`, has `tag`, no matter whether either is weak (`If-None-Match`).
    package static func isListed(_ tag: String, in field: String) -> Bool {
        let wanted = opaque(Substring(tag))
        return isAny(field) || elements(of: field).contains { opaque($0).hasSameBytes(as: wanted) }
    }

    /// Whether `field`, a list of tags or `*`, has `tag` and both are strong (`If-Match`).
    package static func isListedStrongly(_ tag: String, in field: String) -> Bool {
        isAny(field) || elements(of: field).contains { isSameStrongly(tag, $0) }
    }

    /// Whether `field`, one tag, is `tag` and both are strong (`If-Range`).
    package static func isSameStrongly(_ tag: String, _ field: some StringProtocol) -> Bool {
        !tag.hasBytePrefix("W/") && field.hasSameBytes(as: tag)
    }

    /// The weak form of a tag: the same meaning, not the same bytes.
    package static func weak(_ tag: String) -> String { tag.hasBytePrefix("W/") ? tag : "W/" + tag }

    private static func isAny(_ field: String) -> Bool { field[...].trimmingSpaces().hasSameBytes(as: "*") }

    private static func opaque(_ tag: Substring) -> Substring {
        tag.hasBytePrefix("W/") ? Substring(tag.utf8.dropFirst(2)) : tag
    }

    /// The tags of a list, with quotes and prefix.
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
