import GustHTTP

/// The objects that belong to the current exchange of a connection.
///
/// Used on the loop only.
struct HTTPExchangeParts {
    /// Whether the body of the answer is sent in chunks (RFC 9112 §7.1).
    var isChunked = false
    /// The request's body, if it had not arrived in full with the head.
    var body: RequestBodyStream?
    /// The writer of a streamed answer.
    var stream: HTTPResponseStream?
    /// The task of an async handler; it is cancelled when the peer closes the connection.
    var task: Task<Void, Never>?
}
