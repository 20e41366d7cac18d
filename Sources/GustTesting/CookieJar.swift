import HTTPTypes
import Synchronization

/// The cookies of one site, by name; paths and domains are not looked at.
final class CookieJar: Sendable {
    private let kept = Mutex<[String: String]>([:])

    var cookies: [String: String] { kept.withLock { $0 } }

    /// The `Cookie` field; nil if there is none to send.
    var field: String? {
        let cookies = cookies
        guard !cookies.isEmpty else { return nil }
        return cookies.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "; ")
    }

    /// Keeps what an answer sets, and forgets what it ends.
    func take(_ headers: HTTPFields) {
        for field in headers where field.name == .setCookie {
            let pieces = field.value.split(separator: ";").map { $0.drop { $0 == " " } }
            guard let pair = pieces.first?.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false),
                pair.count == 2
            else { continue }
            let isEnded = pieces.contains("Max-Age=0")
            kept.withLock { $0[String(pair[0])] = isEnded ? nil : String(pair[1]) }
        }
    }
}
