package import GustHTTP

/// The request fields that decide which response about a file is sent.
package struct RequestConditions {
    /// The result of the preconditions (RFC 9110 §13.2.2).
    package enum Verdict { case proceed, notModified, failed }

    private(set) var acceptEncoding: String?
    private var ifMatch: String?
    private var ifUnmodifiedSince: String?
    private var ifNoneMatch: String?
    private var ifModifiedSince: String?
    private var ifRange: String?
    private var range: String?

    /// Finds the fields of a request, without making all of its fields.
    ///
    /// The lines of a repeated list field are joined. Any other repeated field is malformed: it gets an empty value,
    /// which is ignored or never matches.
    package init(_ request: Request) {
        acceptEncoding = request.joinedValues(of: "accept-encoding")
        ifMatch = request.joinedValues(of: "if-match")
        ifUnmodifiedSince = request.onlyValue(of: "if-unmodified-since")
        ifNoneMatch = request.joinedValues(of: "if-none-match")
        ifModifiedSince = request.onlyValue(of: "if-modified-since")
        ifRange = request.onlyValue(of: "if-range")
        range = request.onlyValue(of: "range")
    }

    /// Whether the request has a precondition: most requests have none.
    package var areGiven: Bool {
        ifMatch != nil || ifNoneMatch != nil || ifModifiedSince != nil || ifUnmodifiedSince != nil
    }

    /// Whether the request has a `Range` field.
    var asksForRange: Bool { range != nil }

    /// Evaluates the preconditions for a representation, in the order of RFC 9110 §13.2.2.
    ///
    /// If `modified` is nil, the fields with dates are ignored (§13.1.3, §13.1.4).
    package func verdict(tag: String, modified: HTTPDate?) -> Verdict {
        if let ifMatch {
            guard EntityTag.isListedStrongly(tag, in: ifMatch) else { return .failed }
        } else if let modified, let ifUnmodifiedSince, let date = HTTPDate(ifUnmodifiedSince), modified > date {
            return .failed
        }
        if let ifNoneMatch {
            return EntityTag.isListed(tag, in: ifNoneMatch) ? .notModified : .proceed
        }
        if let modified, let ifModifiedSince, let date = HTTPDate(ifModifiedSince), modified <= date {
            return .notModified
        }
        return .proceed
    }

    /// The requested parts, or the whole file unless `If-Range` matches: by a strong tag, or by the exact date if the
    /// date is strong.
    ///
    /// The date is strong only after its second has passed: before that, the file may change again without a change of
    /// its date (RFC 9110 §8.8.2.2, §13.1.5). ``StaticFiles`` doesn't send `Last-Modified` before that either.
    func ranges(tag: String, modified: HTTPDate, length: Int, now: HTTPDate) -> ByteRanges {
        guard let range else { return .whole }
        if let ifRange {
            let isTag = ifRange.utf8.last == UInt8(ascii: "\"")
            let isSame =
                isTag
                ? EntityTag.isSameStrongly(tag, ifRange)
                : HTTPDate(ifRange) == modified && modified.seconds < now.seconds
            guard isSame else { return .whole }
        }
        return ByteRanges(range, length: length)
    }
}
