import HTTPTypes

/// Identifies one request of a connection and its response, while the response is being made.
///
/// Two exchanges are equal if their numbers are: a response that comes after the end of its exchange is recognised by its number.
struct HTTPExchange: Equatable, Sendable {
    private let number: Int
    let isVersion11: Bool
    let isHead: Bool
    /// Whether the request's head announced a body.
    let hasRequestBody: Bool

    /// Makes an exchange; `number` is unique on this connection, and greater than 0.
    init(_ number: Int, isVersion11: Bool, isHead: Bool, hasRequestBody: Bool) {
        self.number = number
        self.isVersion11 = isVersion11
        self.isHead = isHead
        self.hasRequestBody = hasRequestBody
    }

    /// The exchange of a response whose peer has left.
    static let abandoned = HTTPExchange(0, isVersion11: true, isHead: false, hasRequestBody: false)

    static func == (left: HTTPExchange, right: HTTPExchange) -> Bool { left.number == right.number }

    /// Whether a response of this status is sent with a body (RFC 9110 §6.4.1, §15.3.6).
    func hasBody(_ status: HTTPResponse.Status) -> Bool {
        !isHead && !status.isBodiless && status.code != 205
    }
}
