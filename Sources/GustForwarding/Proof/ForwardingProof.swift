import GustDigest
import GustHTTP
import HTTPTypes

/// The proof that a request comes from a node of the cluster: an HMAC-SHA256 over its origin, method, target and header fields.
///
/// The body isn't covered. Who can change the bytes between two nodes needs to be kept out by the network.
struct ForwardingProof: Sendable {
    /// The field that only nodes send.
    static let fieldName = HTTPField.Name("Gust-Forwarded") ?? .via
    /// The field of a refusal, whose value is the reason.
    static let refusalName = HTTPField.Name("Gust-Forwarding") ?? .via

    let key: AuthenticationKey

    /// Adds the proof to the header fields of a request, in place of a field that the client has sent.
    func sign(
        _ origin: ForwardedOrigin,
        _ method: HTTPRequest.Method,
        _ target: RequestTarget,
        _ fields: inout HTTPFields
    ) {
        fields[Self.fieldName] = nil
        let text = origin.text
        let code = key.code(for: Self.message(text, method, target, fields))
        fields[Self.fieldName] = "\(text) \(Self.hexadecimal(code))"
    }

    /// The origin of a request; nil if it has no proof, or one that is wrong.
    func verify(_ request: Request) -> ForwardedOrigin? {
        let values = request.headers[values: Self.fieldName]
        guard values.count == 1, let value = values.first, value.utf8.count <= 512,
            let blank = value.utf8.lastIndex(of: UInt8(ascii: " "))
        else { return nil }
        let text = value[..<blank]
        var fields = request.headers
        fields[Self.fieldName] = nil
        let code = key.code(for: Self.message(String(text), request.method, request.target, fields))
        let received = Array(value.utf8[value.utf8.index(after: blank)...])
        guard ConstantTime.areEqual(Array(Self.hexadecimal(code).utf8), received) else { return nil }
        return ForwardedOrigin(text)
    }

    /// The bytes that are authenticated; none of the texts has a line end.
    private static func message(
        _ origin: String,
        _ method: HTTPRequest.Method,
        _ target: RequestTarget,
        _ fields: HTTPFields
    ) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(1_024)
        for part in [origin, "\n", method.rawValue, " ", target.text, "\n"] { message.append(contentsOf: part.utf8) }
        for field in fields {
            message.append(contentsOf: field.name.canonicalName.utf8)
            message.append(UInt8(ascii: ":"))
            message.append(contentsOf: field.value.utf8)
            message.append(UInt8(ascii: "\n"))
        }
        return message
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { characters in
            for (index, byte) in bytes.enumerated() {
                characters[index * 2] = digits[Int(byte >> 4)]
                characters[index * 2 + 1] = digits[Int(byte & 15)]
            }
            return bytes.count * 2
        }
    }
}
