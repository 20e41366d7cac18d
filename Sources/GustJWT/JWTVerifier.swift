#if JWT
import Foundation
import GustHTTP
@_exported public import JWTKit

/// Verifies JSON Web Tokens and decodes their claims (RFC 7519, with the advice of RFC 8725).
///
/// ```swift
/// struct Visitor: JWTPayload {
///     var sub: SubjectClaim
///     func verify(using algorithm: some JWTAlgorithm) {}
/// }
///
/// let keys = JWTKeyCollection()
/// try await keys.add(ecdsa: ES256PublicKey(pem: pem))
/// let tokens = JWTVerifier(Visitor.self, keys: keys, issuer: "https://id.example.org", audience: "shop")
/// app.use(JWTAuthentication(tokens))
///
/// struct Credentials: Decodable { let token: String }
/// io["/"].use { socket in
///     let credentials = try socket.auth?.decode(Credentials.self)
///     _ = try await tokens.claims(of: credentials?.token ?? "")
/// }
/// ```
///
/// The algorithm of the header must be that of the key: a token can't choose how it is verified, and `none` is never accepted. The
/// registered claims `exp`, `nbf`, `iss` and `aud` are checked here, whether or not the type of the claims has such members; its
/// own `verify(using:)` is called after that. jwt-kit does the cryptography; its `JWTKeyCollection` holds the keys, also those of a
/// JSON Web Key Set, and signs tokens.
///
/// Available with the package trait `JWT`. A value of this type may be used on any thread.
public struct JWTVerifier<Claims: JWTPayload>: Sendable {
    private let keys: JWTKeyCollection
    private let algorithms: Set<[UInt8]>
    private let issuer: String?
    private let audience: String?
    private let requiresExpiration: Bool
    private let leeway: Double
    private let maximumLength: Int
    /// The time in seconds since 1970; tests set another clock.
    package var now: @Sendable () -> Double = { Double(HTTPDate.now.seconds) }

    /// Makes a verifier.
    ///
    /// - Parameters:
    ///   - claims: The type of the claims.
    ///   - keys: The keys. A token with a member `kid` is verified by the key of this name, another one by the default key of the
    ///     collection. Keys may be added and removed while the verifier is used.
    ///   - algorithms: The names of the algorithms that are accepted, such as `ES256`; empty accepts those of the keys.
    ///   - issuer: What `iss` must be; nil accepts any issuer.
    ///   - audience: What `aud` must contain; nil accepts only tokens without `aud`, because a token for someone else must be refused
    ///     (RFC 7519 §4.1.3).
    ///   - requiresExpiration: Whether tokens without `exp` are refused.
    ///   - leeway: How much the clock of the issuer may differ, for `exp` and `nbf`.
    ///   - maximumLength: The maximum length of a token in bytes.
    public init(
        _ claims: Claims.Type = Claims.self,
        keys: JWTKeyCollection,
        algorithms: some Sequence<String> = [],
        issuer: String? = nil,
        audience: String? = nil,
        requiresExpiration: Bool = true,
        leeway: Duration = .seconds(30),
        maximumLength: Int = 8_192
    ) {
        self.keys = keys
        self.algorithms = Set(algorithms.map { Array($0.utf8) })
        self.issuer = issuer
        self.audience = audience
        self.requiresExpiration = requiresExpiration
        self.leeway = leeway / .seconds(1)
        self.maximumLength = maximumLength
    }

    /// Verifies a token and returns its claims.
    ///
    /// The first check that fails decides the error: the form, the algorithm, the signature, the registered claims, the claims of the
    /// application.
    ///
    /// - Parameter token: The token in the compact form (RFC 7515 §7.1).
    /// - Returns: The claims.
    /// - Throws: The reason why the token is refused.
    public func claims(of token: String) async throws(JWTRefusal) -> Claims {
        guard token.utf8.count <= maximumLength else { throw .malformed }
        let parts = try TokenParts(token)
        let key = try await key(for: parts.header)
        // An error of the key means that the signature isn't one of its kind: it has another length, for example.
        guard (try? key.verify(parts.signature, signs: parts.signed)) == true else { throw .signature }
        try check(parts.claims)
        do {
            let claims = try await keys.defaultJWTParser.jsonDecoder.decode(Claims.self, from: parts.payload)
            try await claims.verify(using: key)
            return claims
        } catch {
            throw .claims
        }
    }

    /// The key for a token with this header.
    private func key(for header: TokenParts.Header) async throws(JWTRefusal) -> any JWTAlgorithm {
        let name = Array(header.alg.utf8)
        guard !header.hasCritical, !header.alg.utf8.elementsEqual("none".utf8),
            algorithms.isEmpty || algorithms.contains(name)
        else { throw .algorithm }
        let key: any JWTAlgorithm
        do {
            key = try await keys.getKey(for: header.kid.map { JWKIdentifier(string: $0) }, alg: header.alg)
        } catch let error as JWTError where error.errorType == .noKeyProvided {
            throw .signature
        } catch {
            // The key is from a set of keys and can't be used with this algorithm.
            throw .algorithm
        }
        guard key.name.utf8.elementsEqual(name) else { throw .algorithm }
        return key
    }

    private func check(_ claims: RegisteredClaims) throws(JWTRefusal) {
        let now = now()
        if let expiration = claims.exp {
            guard now < expiration + leeway else { throw .expired }
        } else if requiresExpiration {
            throw .expired
        }
        if let start = claims.nbf, now < start - leeway { throw .tooEarly }
        if let issuer {
            guard let theirs = claims.iss, theirs.utf8.elementsEqual(issuer.utf8) else { throw .issuer }
        }
        switch (audience, claims.aud) {
        case (nil, nil): return
        case (let audience?, let audiences?) where audiences.contains(where: { $0.utf8.elementsEqual(audience.utf8) }):
            return
        default: throw .audience
        }
    }
}
#endif
