public import GustHTTP
import HTTPTypes

/// What the client prefers.
extension Request {
    /// The media type that the client prefers among `types`, by `Accept` (RFC 9110 §12.5.1); nil if it accepts none of them.
    ///
    /// A range with a subtype counts more than `text/*`, and that more than `*/*`. Between equal weights, the order of `types` decides;
    /// without `Accept`, the result is the first type. A response that depends on it must have `Accept` in `Vary`; ``Negotiated`` does
    /// all of it.
    public func preferredType(among types: [String]) -> String? {
        guard let accepted = AcceptedRanges(headers[.accept]) else { return types.first }
        return accepted.best(of: types) { range, type in
            let parts = type[...].listElements(separator: UInt8(ascii: ";"))
            guard let essence = parts.first else { return nil }
            guard
                range.parameters.allSatisfy({ wanted in
                    parts.dropFirst().contains { $0.equalsIgnoringASCIICase(wanted) }
                })
            else { return nil }
            if range.text.equalsIgnoringASCIICase(essence) { return 2 + range.parameters.count }
            if range.text.hasSameBytes(as: "*/*") { return 0 }
            guard range.text.hasByteSuffix("/*"), let (kind, _) = essence.parted(at: UInt8(ascii: "/")) else {
                return nil
            }
            return range.text.equalsIgnoringASCIICase("\(kind)/*") ? 1 : nil
        }
    }

    /// The language that the client prefers among `tags`, by `Accept-Language` (RFC 9110 §12.5.4, RFC 4647); nil if it prefers none of
    /// them.
    ///
    /// `en` fits a client that wants `en-GB`, and `en-GB` fits one that wants `en`. Between equal weights, the order of `tags` decides. Use a
    /// default for nil; a response that depends on the result must have `Accept-Language` in `Vary`.
    public func preferredLanguage(among tags: [String]) -> String? {
        guard let accepted = AcceptedRanges(headers[.acceptLanguage]) else { return nil }
        return accepted.best(of: tags) { range, tag in
            if range.text.hasSameBytes(as: "*") { return 0 }
            if range.text.equalsIgnoringASCIICase(tag) { return 1 + 2 * range.text.utf8.count }
            if tag.hasPrefixIgnoringASCIICase("\(range.text)-") { return 2 * range.text.utf8.count }
            return range.text.hasPrefixIgnoringASCIICase("\(tag)-") ? 2 * tag.utf8.count : nil
        }
    }
}
