import GustHTTP
import HTTPTypes

/// One request and its answer in progress.
///
/// Belongs to the loop.
final class HTTPExchange {
    let isVersion11: Bool
    private let isHead: Bool
    /// Whether the answer is being sent in chunks.
    var isChunked = false
    /// Whether the request's head announced a body.
    let hasRequestBody: Bool
    /// The body on its way, if it wasn't here in full.
    var body: RequestBodyStream?
    /// The writer of a streamed answer.
    var stream: HTTPResponseStream?

    /// The handler at work, if it waits for something; cancelled when the peer leaves.
    var task: Task<Void, Never>?

    init(_ head: HTTPRequestHead) {
        isVersion11 = head.isVersion11
        isHead = head.method == .head
        hasRequestBody = head.body != .none
    }

    private init() {
        isVersion11 = true
        isHead = false
        hasRequestBody = false
    }

    /// An exchange that nobody waits for.
    static var abandoned: HTTPExchange { HTTPExchange() }

    /// Whether an answer of that status has a body on the wire (RFC 9110 §6.4.1, §15.3.6).
    func hasBody(_ status: HTTPResponse.Status) -> Bool {
        !isHead && !status.isBodiless && status.code != 205
    }
}
