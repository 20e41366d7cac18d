import HTTPTypes

extension HTTPResponse.Status {
    /// The status that is sent: 500 in place of one that is no final answer, or none at all.
    ///
    /// A peer would wait for the final answer behind an informational one, and a status of fewer than three digits can't
    /// be read (RFC 9112 §4).
    var sendable: HTTPResponse.Status { code < 200 ? .internalServerError : self }

    /// Whether an answer of this status has neither body nor length (RFC 9110 §8.6).
    var isBodiless: Bool { code == 204 || code == 304 }
}
