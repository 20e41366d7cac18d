#if JWT
import Foundation
import GustSessions

/// The header and the registered claims of a token, decoded before its signature is known to be right.
struct TokenParts {
    /// The members of the header that decide how the token is verified (RFC 7515 §4.1).
    struct Header: Decodable {
        let alg: String
        let kid: String?
        /// Whether the header has a member `crit`; none of its extensions is known here.
        let hasCritical: Bool

        enum CodingKeys: String, CodingKey { case alg, kid, crit }

        init(from decoder: any Decoder) throws {
            let members = try decoder.container(keyedBy: CodingKeys.self)
            alg = try members.decode(String.self, forKey: .alg)
            kid = try members.decodeIfPresent(String.self, forKey: .kid)
            hasCritical = members.contains(.crit)
        }
    }

    let header: Header
    let claims: RegisteredClaims
    /// The payload, a JSON object.
    let payload: Data
    /// The bytes that are signed: the header and the payload as they were received (RFC 7515 §5.2).
    let signed: [UInt8]
    let signature: Data

    /// Decodes the parts of a token in the compact form (RFC 7515 §7.1).
    init(_ token: String) throws(JWTRefusal) {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let header = Self.decode(parts[0]), let payload = Self.decode(parts[1]),
            let signature = Self.decode(parts[2]), !signature.isEmpty
        else { throw .malformed }
        self.payload = payload
        self.signature = signature
        signed = parts[0] + [UInt8(ascii: ".")] + parts[1]
        do {
            self.header = try JSONDecoder().decode(Header.self, from: header)
            claims = try JSONDecoder().decode(RegisteredClaims.self, from: payload)
        } catch {
            throw .malformed
        }
    }

    private static func decode(_ text: Substring.UTF8View) -> Data? { URLBase64.decode(String(Substring(text))) }
}
#endif
