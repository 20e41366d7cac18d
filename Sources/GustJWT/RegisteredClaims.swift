#if JWT
/// The claims that RFC 7519 §4.1 registers and that decide whether a token is accepted.
struct RegisteredClaims: Decodable {
    /// The time from which the token isn't accepted, in seconds since 1970.
    let exp: Double?
    /// The time before which the token isn't accepted, in seconds since 1970.
    let nbf: Double?
    let iss: String?
    /// For whom the token is; nil if the payload has no such member.
    let aud: [String]?

    enum CodingKeys: String, CodingKey { case exp, nbf, iss, aud }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        exp = try members.decodeIfPresent(Double.self, forKey: .exp)
        nbf = try members.decodeIfPresent(Double.self, forKey: .nbf)
        iss = try members.decodeIfPresent(String.self, forKey: .iss)
        guard members.contains(.aud) else {
            aud = nil
            return
        }
        // One audience may be a string instead of a list (RFC 7519 §4.1.3).
        if let one = try? members.decode(String.self, forKey: .aud) {
            aud = [one]
        } else {
            aud = try members.decode([String].self, forKey: .aud)
        }
    }
}
#endif
