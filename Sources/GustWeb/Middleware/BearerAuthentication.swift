public import GustHTTP
import HTTPTypes

/// Lets through who shows a token, in `Authorization: Bearer …`, and answers the others 401 (RFC 6750).
///
/// ```swift
/// app.group("/api", through: BearerAuthentication(tokens: [key])) { … }
/// ```
///
/// Browsers don't send the field with a WebSocket: to guard their sockets look at `auth` in the connect handler, or at a
/// session. Tokens in queries aren't read, because queries are logged. Preflights come without a token: put ``CORS`` in
/// front.
public struct BearerAuthentication: Middleware {
    private enum Check: Sendable {
        case table(SecretSet)
        case closure(@Sendable (String, inout RequestStorage) async throws -> Bool)
    }

    private let challenge: Challenge
    private let check: Check

    /// Lets these tokens through.
    ///
    /// All of them are compared with each request, in constant time, so this is for a few.
    /// - Parameters:
    ///   - realm: what the token is for; without control characters.
    ///   - tokens: the tokens.
    public init(realm: String = "Restricted", tokens: some Sequence<String>) {
        challenge = Challenge("Bearer", realm: realm)
        check = .table(SecretSet(tokens))
    }

    /// Lets through the tokens that `verify` knows.
    ///
    /// - Parameters:
    ///   - realm: what the token is for; without control characters.
    ///   - verify: is given the token, and the request's storage to leave whose it is; on the connection's loop until it
    ///     first waits. What it throws is answered as errors are.
    public init(
        realm: String = "Restricted",
        verify: @escaping @Sendable (_ token: String, _ storage: inout RequestStorage) async throws -> Bool
    ) {
        challenge = Challenge("Bearer", realm: realm)
        check = .closure(verify)
    }

    /// Answers with what is behind it, or 401; at once unless a closure has to be awaited.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let token = challenge.credentials(of: request), !token.isEmpty else {
            return .failed(challenge.refusal())
        }
        switch check {
        case .table(let secrets):
            guard secrets.contains(token) else { return .failed(unknown) }
            return next.answer(request)
        case .closure(let verify):
            return .pending {
                var request = request
                guard try await verify(token, &request.storage) else { throw unknown }
                return try await next.answer(request).response()
            }
        }
    }

    private var unknown: HTTPError { challenge.refusal(", error=\"invalid_token\"") }
}
