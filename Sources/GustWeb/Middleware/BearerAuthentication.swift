public import GustHTTP
import HTTPTypes

/// Admits requests with a valid token in `Authorization: Bearer …`, and answers others with 401 (RFC 6750).
///
/// ```swift
/// app.group("/api", through: BearerAuthentication(tokens: [key])) { … }
/// ```
///
/// Browsers can't send the field with a WebSocket handshake: to protect sockets of browsers, check `auth` in the
/// connect handler, or a session. Tokens in queries aren't accepted, because queries are logged. Preflight requests
/// carry no token: put ``CORS`` in front.
public struct BearerAuthentication: Middleware {
    private enum Check: Sendable {
        case table(SecretSet)
        case closure(@Sendable (String, inout RequestStorage) async throws -> Bool)
    }

    private let challenge: Challenge
    private let check: Check

    /// Admits the tokens of a list.
    ///
    /// Each request is compared with all of them in constant time, so the list should be short.
    /// - Parameters:
    ///   - realm: a description of what the token protects; without control characters.
    ///   - tokens: the valid tokens.
    public init(realm: String = "Restricted", tokens: some Sequence<String>) {
        challenge = Challenge("Bearer", realm: realm)
        check = .table(SecretSet(tokens))
    }

    /// Admits the tokens that `verify` accepts.
    ///
    /// - Parameters:
    ///   - realm: a description of what the token protects; without control characters.
    ///   - verify: checks a token, and may store its owner in the request's storage. It starts on the connection's
    ///     loop. An error that it throws is answered like a handler's error.
    public init(
        realm: String = "Restricted",
        verify: @escaping @Sendable (_ token: String, _ storage: inout RequestStorage) async throws -> Bool
    ) {
        challenge = Challenge("Bearer", realm: realm)
        check = .closure(verify)
    }

    /// Answers with the answer of `next`, or with 401; immediately, unless `verify` has to be awaited.
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
