#if JWT
public import GustHTTP
public import JWTKit

/// The claims of a request's token.
extension Request {
    /// The claims of the token with which the request was admitted by ``JWTAuthentication``.
    ///
    /// - Parameter type: The type of the claims, which is that of the middleware.
    /// - Returns: The claims.
    /// - Throws: ``MissingClaims`` if the route isn't inside of the middleware with this type.
    public func claims<Claims: JWTPayload>(_ type: Claims.Type = Claims.self) throws(MissingClaims) -> Claims {
        guard let claims = storage[ClaimsKey<Claims>.self] else { throw MissingClaims() }
        return claims
    }
}

/// The error of a handler that asks for claims outside of ``JWTAuthentication``; the request is answered with 500.
public struct MissingClaims: Error, CustomStringConvertible {
    /// The problem and its remedy.
    public var description: String {
        "the request has no claims of this type: use the middleware JWTAuthentication for its route"
    }
}

/// The key of the claims in the storage of a request.
enum ClaimsKey<Claims: JWTPayload>: RequestStorageKey {
    typealias Value = Claims
}
#endif
