public import GustHTTP
public import HTTPTypes

extension Response {
    /// This response as a download: the browser saves it under `name` instead of showing it.
    ///
    /// `Content-Disposition` has the name in ASCII, and if the name has other characters also as `filename*` in UTF-8. Slashes,
    /// backslashes and control characters in the name become `_`. Source: RFC 6266, RFC 8187.
    public func download(as name: String) -> Response {
        var response = self
        response.headers[.contentDisposition] = Self.disposition(name)
        return response
    }

    private static func disposition(_ name: String) -> String {
        let clean = name.utf8.map { byte in
            byte < 0x20 || byte == 0x7F || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "\\")
                ? UInt8(ascii: "_") : byte
        }
        // Some browsers decode per cent signs in `filename`, and a quote would end the text.
        let isPlain = clean.allSatisfy { $0 < 0x80 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "%") }
        let ascii = String(decoding: clean, as: UTF8.self).unicodeScalars.map { scalar -> String in
            scalar.isASCII && scalar != "\"" && scalar != "%" ? String(scalar) : "_"
        }
        let quoted = "attachment; filename=\"\(ascii.joined())\""
        return isPlain ? quoted : "\(quoted); filename*=UTF-8''\(extended(clean))"
    }

    /// The bytes with all but the attribute characters of RFC 8187 §3.2.1 percent-encoded.
    private static func extended(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in bytes {
            if byte.isTokenCharacter, !"*'%".utf8.contains(byte) {
                text.append(byte)
            } else {
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Makes a redirect to a path of this site that the client has sent, such as `next` of a sign-in form.
    ///
    /// If `target` could lead to another site (it doesn't begin with exactly one slash, or has a backslash or a control character), the
    /// redirect leads to `fallback`.
    public static func redirect(
        within target: String?,
        otherwise fallback: String,
        status: HTTPResponse.Status = .seeOther
    ) -> Response {
        guard let target, SitePath.isPath(target) else { return .redirect(to: fallback, status: status) }
        return .redirect(to: target, status: status)
    }
}
