#if JWT
public import GustHTTP

/// The reason why a JSON Web Token was refused.
public enum JWTRefusal: Error, Sendable, Hashable, PublicError, CustomStringConvertible {
    /// The token is longer than the limit, or isn't three parts in Base64 for URLs whose first two are JSON objects (RFC 7515 §7.1).
    case malformed
    /// The header names an algorithm that isn't that of the key, isn't allowed, or is `none`; or it has a member `crit`, which says that
    /// more must be understood (RFC 7515 §4.1.11).
    case algorithm
    /// There is no key for the token, or its signature isn't that of the key.
    case signature
    /// The token has expired; or it has no member `exp` although one is required.
    case expired
    /// The token isn't valid yet (`nbf`).
    case tooEarly
    /// The token was issued by someone else (`iss`).
    case issuer
    /// The token is meant for someone else (`aud`).
    case audience
    /// The payload isn't what the application expects, or its own `verify(using:)` has thrown an error.
    case claims

    /// The reason; it contains nothing of the token.
    public var description: String {
        switch self {
        case .malformed: "the token is malformed"
        case .algorithm: "the algorithm of the token is not accepted"
        case .signature: "the signature of the token is wrong"
        case .expired: "the token has expired"
        case .tooEarly: "the token is not valid yet"
        case .issuer: "the token is from another issuer"
        case .audience: "the token is for another audience"
        case .claims: "the claims of the token are not accepted"
        }
    }

    /// The reason, which a client of Socket.IO receives as the message of `connect_error`: after `the token has expired` it can fetch
    /// another token and connect again.
    public var publicText: String { description }
}
#endif
