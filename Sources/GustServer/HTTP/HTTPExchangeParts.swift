import GustHTTP

/// The objects that belong to the current exchange of a connection.
///
/// Used on the loop only.
struct HTTPExchangeParts {
    /// Whether the body of the response is sent in chunks (RFC 9112 §7.1).
    var isChunked = false
    /// The request's body, if it wasn't received in full with the head.
    var body: RequestBodyStream?
    /// The writer of a streamed response.
    var stream: HTTPResponseStream?
    /// The task of an async handler; it is cancelled when the peer closes the connection.
    var task: Task<Void, Never>?
}
