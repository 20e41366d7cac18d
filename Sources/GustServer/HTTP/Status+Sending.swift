import HTTPTypes

extension HTTPResponse.Status {
    /// The status that is sent: 500 in place of a status that isn't final, or that isn't valid.
    ///
    /// After an informational status a peer would wait for the final response, and a status of fewer than three digits can't
    /// be read (RFC 9112 §4).
    var sendable: HTTPResponse.Status { code < 200 ? .internalServerError : self }

    /// Whether a response of this status has neither a body nor `Content-Length` (RFC 9110 §8.6).
    var isBodiless: Bool { code == 204 || code == 304 }
}
