#if JWT
public import GustHTTP
import GustWeb
import HTTPTypes
public import JWTKit

/// Admits requests with a valid JSON Web Token in `Authorization: Bearer …`, and answers others with 401 (RFC 6750 §3).
///
/// ```swift
/// app.group("/api", through: JWTAuthentication(tokens)) { api in
///     api.get("/me") { request in try request.claims(Visitor.self).sub.value }
/// }
/// ```
///
/// The challenge of the response says why a token was refused. Tokens in queries aren't accepted, because queries are logged. Preflight
/// requests carry no token: put `CORS` in front. Browsers can't send the field with a WebSocket handshake: sockets of browsers send the
/// token as `auth`, which ``JWTVerifier/claims(of:)`` verifies.
public struct JWTAuthentication<Claims: JWTPayload>: Middleware {
    private let verifier: JWTVerifier<Claims>
    private let challenge: Challenge

    /// Makes the middleware.
    ///
    /// - Parameters:
    ///   - verifier: Verifies the tokens.
    ///   - realm: A description of what the token protects; without control characters.
    public init(_ verifier: JWTVerifier<Claims>, realm: String = "Restricted") {
        self.verifier = verifier
        challenge = Challenge("Bearer", realm: realm)
    }

    /// Answers with the answer of `next`, or with 401.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let token = challenge.credentials(of: request), !token.isEmpty else {
            return .failed(challenge.refusal())
        }
        return .pending {
            var request = request
            do throws(JWTRefusal) {
                request.storage[ClaimsKey<Claims>.self] = try await verifier.claims(of: token)
            } catch {
                throw challenge.refusal(", error=\"invalid_token\", error_description=\"\(error)\"")
            }
            return try await next.answer(request).response()
        }
    }
}
#endif
