import GustHTTP

/// What takes part in the current exchange of a connection.
///
/// Belongs to the loop.
struct HTTPExchangeParts {
    /// Whether the answer is being sent in chunks.
    var isChunked = false
    /// The body on its way, if it wasn't here in full.
    var body: RequestBodyStream?
    /// The writer of a streamed answer.
    var stream: HTTPResponseStream?
    /// The handler at work, if it waits for something; cancelled when the peer leaves.
    var task: Task<Void, Never>?
}
