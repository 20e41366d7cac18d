import HTTPTypes

/// One request and its answer in progress, as those know it who write the answer.
///
/// Two exchanges of a connection are the same if they have the same number: an answer that comes after its exchange has
/// ended is recognised by that.
struct HTTPExchange: Equatable, Sendable {
    private let number: Int
    let isVersion11: Bool
    let isHead: Bool
    /// Whether the request's head announced a body.
    let hasRequestBody: Bool

    /// The exchange that `head` begins; `number` is its own on this connection, and more than 0.
    init(_ number: Int, _ head: HTTPRequestHead) {
        self.number = number
        isVersion11 = head.isVersion11
        isHead = head.method == .head
        hasRequestBody = head.body != .none
    }

    private init() {
        number = 0
        isVersion11 = true
        isHead = false
        hasRequestBody = false
    }

    /// An exchange that nobody waits for.
    static let abandoned = HTTPExchange()

    static func == (left: HTTPExchange, right: HTTPExchange) -> Bool { left.number == right.number }

    /// Whether an answer of that status has a body on the wire (RFC 9110 §6.4.1, §15.3.6).
    func hasBody(_ status: HTTPResponse.Status) -> Bool {
        !isHead && !status.isBodiless && status.code != 205
    }
}
