#if JWT
import Foundation
import GustJWT
import GustHTTP
import Testing

/// The claims of the tests.
struct Visitor: JWTPayload, Equatable {
    var sub: SubjectClaim
    var aud: AudienceClaim?
    var isWelcome: Bool?

    func verify(using algorithm: some JWTAlgorithm) throws {
        if isWelcome == false { throw JWTError.claimVerificationFailure(failedClaim: sub, reason: "not welcome") }
    }
}

/// Which tokens a verifier accepts, and why it refuses others.
@Suite struct JWTVerifierTests {
    private static let now = 1_300_000_000.0
    private static let secret = "a secret of at least thirty-two bytes"
    private let privateKey = ES256PrivateKey()

    private func keys() async -> JWTKeyCollection {
        let keys = JWTKeyCollection()
        await keys.add(hmac: HMACKey(from: Self.secret), digestAlgorithm: .sha256)
        await keys.add(ecdsa: privateKey, kid: "elliptic")
        return keys
    }

    private func verifier(
        algorithms: [String] = [],
        issuer: String? = nil,
        audience: String? = nil,
        requiresExpiration: Bool = true,
        leeway: Duration = .zero
    ) async -> JWTVerifier<Visitor> {
        var verifier = await JWTVerifier(
            Visitor.self,
            keys: keys(),
            algorithms: algorithms,
            issuer: issuer,
            audience: audience,
            requiresExpiration: requiresExpiration,
            leeway: leeway
        )
        verifier.now = { Self.now }
        return verifier
    }

    /// A token made of JSON texts, signed by HMAC with `secret`, whatever the header says.
    private func token(
        _ payload: String,
        header: String = #"{"alg":"HS256"}"#,
        secret: String = Self.secret
    ) async throws -> String {
        let signed = "\(Self.encode(Array(header.utf8))).\(Self.encode(Array(payload.utf8)))"
        let key = HMACKey(from: secret)
        let algorithm = try await JWTKeyCollection().add(hmac: key, digestAlgorithm: .sha256).getKey()
        return "\(signed).\(Self.encode(try algorithm.sign(Array(signed.utf8))))"
    }

    private static func encode(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacingOccurrences(of: "+", with: "-").replacingOccurrences(
            of: "/",
            with: "_"
        )
        .replacingOccurrences(of: "=", with: "")
    }

    private func refusal(_ token: String, by verifier: JWTVerifier<Visitor>) async -> JWTRefusal? {
        do throws(JWTRefusal) {
            _ = try await verifier.claims(of: token)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a token of the default key is accepted`() async throws {
        let token = try await token(#"{"sub":"ada","exp":1300000060}"#)
        #expect(try await verifier().claims(of: token).sub.value == "ada")
    }

    @Test func `a token is verified by the key that its header names`() async throws {
        let payload = Visitor(sub: "ada")
        let token = try await keys().sign(payload, kid: "elliptic")
        #expect(try await verifier(requiresExpiration: false).claims(of: token) == payload)
    }

    @Test(arguments: [
        (#"{"sub":"ada"}"#, JWTRefusal.expired),
        (#"{"sub":"ada","exp":1300000000}"#, .expired),
        (#"{"sub":"ada","exp":1299999999.9}"#, .expired),
        (#"{"sub":"ada","exp":-1}"#, .expired),
        (#"{"sub":"ada","exp":null}"#, .expired),
        (#"{"sub":"ada","exp":"1300000060"}"#, .malformed),
        (#"{"sub":"ada","exp":1e999}"#, .malformed),
        (#"{"sub":"ada","exp":1300000060,"nbf":1300000001}"#, .tooEarly),
        (#"{"sub":"ada","exp":1300000060,"aud":"other"}"#, .audience),
        (#"{"sub":"ada","exp":1300000060,"aud":[]}"#, .audience),
        (#"{"sub":"ada","exp":1300000060,"aud":7}"#, .malformed),
        (#"{"exp":1300000060}"#, .claims),
        (#"{"sub":7,"exp":1300000060}"#, .claims),
        (#"{"sub":"ada","exp":1300000060,"isWelcome":false}"#, .claims),
        (#"{"sub":"ada","exp":1299999999,"isWelcome":false}"#, .expired),
        (#"["sub","ada"]"#, .malformed),
        ("{", .malformed),
        ("", .malformed),
    ])
    func `a token with wrong claims is refused`(payload: String, reason: JWTRefusal) async throws {
        #expect(try await refusal(token(payload), by: verifier()) == reason)
    }

    @Test(arguments: [
        (#"{"alg":"none"}"#, JWTRefusal.algorithm),
        (#"{"alg":"None"}"#, .algorithm),
        (#"{"alg":"HS512"}"#, .algorithm),
        (#"{"alg":"ES256"}"#, .algorithm),
        (#"{"alg":"HS256","crit":["exp"],"exp":1}"#, .algorithm),
        (#"{"alg":"HS256","crit":[]}"#, .algorithm),
        // The key of this name is another one: its algorithm isn't that of the header.
        (#"{"alg":"HS256","kid":"elliptic"}"#, .algorithm),
        (#"{"alg":"ES256","kid":"elliptic"}"#, .signature),
        (#"{"alg":7}"#, .malformed),
        (#"{}"#, .malformed),
    ])
    func `a header can't choose how the token is verified`(header: String, reason: JWTRefusal) async throws {
        let token = try await token(#"{"sub":"ada","exp":1300000060}"#, header: header)
        #expect(await refusal(token, by: verifier()) == reason)
    }

    @Test func `a signature by another secret is refused, also of an expired token`() async throws {
        for payload in [#"{"sub":"ada","exp":1300000060}"#, #"{"sub":"ada","exp":1}"#] {
            let token = try await token(payload, secret: "another secret of at least 32 bytes")
            #expect(await refusal(token, by: verifier()) == .signature)
        }
    }

    @Test func `a token without a signature, or with other parts, is malformed`() async throws {
        let token = try await token(#"{"sub":"ada","exp":1300000060}"#)
        let parts = token.components(separatedBy: ".")
        let verifier = await verifier()
        for text in [
            "", ".", "..", "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(token).x", "\(token)=",
            "\(token)\u{301}", " \(token)",
            String(repeating: "a", count: 9_000), "\(parts[0]).\(parts[1]).é",
        ] {
            #expect(await refusal(text, by: verifier) == .malformed, "\(text)")
        }
    }

    @Test func `each changed byte of a token is noticed`() async throws {
        let token = Array(try await token(#"{"sub":"ada","exp":1300000060}"#).utf8)
        let verifier = await verifier()
        // The last character of 32 bytes in Base64 has bits that mean nothing.
        for index in token.indices.dropLast() {
            var changed = token
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(await refusal(String(decoding: changed, as: UTF8.self), by: verifier) != nil, "byte \(index)")
        }
    }

    @Test func `only the listed algorithms are accepted`() async throws {
        let token = try await token(#"{"sub":"ada","exp":1300000060}"#)
        #expect(await refusal(token, by: verifier(algorithms: ["ES256"])) == .algorithm)
        #expect(await refusal(token, by: verifier(algorithms: ["ES256", "HS256"])) == nil)
    }

    @Test func `the issuer must be the expected one`() async throws {
        let verifier = await verifier(issuer: "https://id.example")
        #expect(
            try await refusal(token(#"{"sub":"ada","exp":1300000060,"iss":"https://id.example"}"#), by: verifier) == nil
        )
        #expect(
            try await refusal(token(#"{"sub":"ada","exp":1300000060,"iss":"https://ID.example"}"#), by: verifier)
                == .issuer
        )
        #expect(try await refusal(token(#"{"sub":"ada","exp":1300000060}"#), by: verifier) == .issuer)
    }

    @Test func `the audience must be among those of the token`() async throws {
        let verifier = await verifier(audience: "caf\u{E9}")
        #expect(
            try await refusal(token(#"{"sub":"ada","exp":1300000060,"aud":["shop","caf\u00e9"]}"#), by: verifier) == nil
        )
        #expect(try await refusal(token(#"{"sub":"ada","exp":1300000060,"aud":"caf\u00e9"}"#), by: verifier) == nil)
        // Canonically equivalent, but other bytes.
        #expect(
            try await refusal(token(#"{"sub":"ada","exp":1300000060,"aud":"cafe\u0301"}"#), by: verifier) == .audience
        )
        #expect(try await refusal(token(#"{"sub":"ada","exp":1300000060}"#), by: verifier) == .audience)
    }

    @Test func `the leeway extends both times`() async throws {
        let verifier = await verifier(leeway: .seconds(30))
        #expect(try await refusal(token(#"{"sub":"ada","exp":1299999971,"nbf":1300000030}"#), by: verifier) == nil)
        #expect(try await refusal(token(#"{"sub":"ada","exp":1299999970}"#), by: verifier) == .expired)
        #expect(
            try await refusal(token(#"{"sub":"ada","exp":1300000060,"nbf":1300000031}"#), by: verifier) == .tooEarly
        )
    }

    @Test func `a collection without keys accepts nothing`() async throws {
        let verifier = JWTVerifier(Visitor.self, keys: JWTKeyCollection())
        #expect(try await refusal(token(#"{"sub":"ada","exp":1300000060}"#), by: verifier) == .signature)
    }
}
#endif
