import GustHTTP
import HTTPTypes
import Synchronization

/// The cookies of one site, by name; paths and domains are ignored.
final class CookieJar: Sendable {
    private let kept = Mutex<[ByteText: String]>([:])

    var cookies: [ByteText: String] { kept.withLock { $0 } }

    /// The value of the `Cookie` field; nil if there are no cookies.
    var field: String? {
        let cookies = cookies
        guard !cookies.isEmpty else { return nil }
        return cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }

    /// Stores the cookies that a response sets, and removes those that it ends by `Max-Age=0`.
    func take(_ headers: HTTPFields) {
        for field in headers where field.name == .setCookie {
            let pieces = field.value.pieces(on: UInt8(ascii: ";")).map { $0.trimmingSpaces() }
            guard let pair = pieces.first?.parted(at: UInt8(ascii: "=")) else { continue }
            let isEnded = pieces.dropFirst().contains { $0.equalsIgnoringASCIICase("Max-Age=0") }
            kept.withLock { $0[ByteText(String(pair.before))] = isEnded ? nil : String(pair.behind) }
        }
    }
}
