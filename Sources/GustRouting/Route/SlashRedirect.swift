import GustHTTP
import HTTPTypes

/// Redirects to another spelling of the requested path, on the same site.
struct SlashRedirect: Handler {
    private let location: String

    /// nil if a client would go elsewhere: to another host, or to another path because of a dot segment.
    ///
    /// - Parameters:
    ///   - target: the other spelling of the path, with its query.
    ///   - prefix: the prefix that mounts have removed from the path.
    init?(to target: RequestTarget, below prefix: String) {
        let segments = target.matchingPath.pieces(on: UInt8(ascii: "/"))
        guard !segments.contains(where: { $0.hasSameBytes(as: ".") || $0.hasSameBytes(as: "..") }) else { return nil }
        let location = Self.encoded(prefix + target.text)
        guard SitePath.isPath(location) else { return nil }
        self.location = location
    }

    func answer(_ request: Request) -> Answer {
        .ready(.redirect(to: location, status: .permanentRedirect))
    }

    /// The text with an escape for each byte that a field of a response must not have, and for `\`, which browsers read as a slash.
    private static func encoded(_ text: String) -> String {
        let isPlain = { (byte: UInt8) in byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "\\") }
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                encoded.append(byte)
            } else {
                encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
