import HTTPTypes

/// Which fields a trailer section may have (RFC 9110 §6.5.1).
enum TrailerFields {
    /// Whether a field may be sent in trailers: not if it frames or routes the message, describes the content, modifies the
    /// request, authenticates, or controls the handling of the response.
    static func mayContain(_ name: HTTPField.Name) -> Bool { !forbidden.contains(name) }

    private static let forbidden: Set<HTTPField.Name> = [
        .connection, .contentLength, .transferEncoding, .trailer, .te, .upgrade, .contentEncoding, .contentType,
        .contentRange, .cacheControl, .expires, .date, .age, .vary, .location, .retryAfter, .setCookie, .authorization,
        .proxyAuthenticate, .proxyAuthorization, .wwwAuthenticate, .cookie, .ifMatch, .ifNoneMatch, .ifModifiedSince,
        .ifUnmodifiedSince, .ifRange, .range, .expect, .maxForwards,
    ]
}
