import HTTPTypes

/// Which fields a trailer section may have (RFC 9110 §6.5.1).
enum TrailerFields {
    /// Whether a field may be sent in trailers: not if it frames or routes the message, describes the content, modifies the
    /// request, authenticates, or controls the handling of the response.
    static func mayContain(_ name: HTTPField.Name) -> Bool { !forbidden.contains(name) }

    /// The fields that may be sent in trailers; nil if there are none.
    static func sendable(_ fields: HTTPFields?) -> HTTPFields? {
        guard let fields, !fields.isEmpty else { return nil }
        var sendable = HTTPFields()
        for field in fields where mayContain(field.name) { sendable.append(field) }
        return sendable.isEmpty ? nil : sendable
    }

    private static let forbidden: Set<HTTPField.Name> = [
        .connection, .contentLength, .transferEncoding, .trailer, .te, .upgrade, .contentEncoding, .contentType,
        .contentRange, .cacheControl, .expires, .date, .age, .vary, .location, .retryAfter, .setCookie, .authorization,
        .proxyAuthenticate, .proxyAuthorization, .wwwAuthenticate, .cookie, .ifMatch, .ifNoneMatch, .ifModifiedSince,
        .ifUnmodifiedSince, .ifRange, .range, .expect, .maxForwards,
    ]
}
