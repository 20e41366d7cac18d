import GustDigest
import GustHTTP
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The CSRF tokens of a session.
///
/// The session has one secret. Each page gets another token: random bytes, and the secret combined with them by exclusive or. So an
/// attacker who measures the length of compressed pages learns nothing about the secret (BREACH).
enum SessionToken {
    private static let key: ByteText = "gust.csrf"
    private static let length = 24
    private static let header = HTTPField.Name("x-csrf-token")
    private static let refusal = HTTPError(.forbidden, "the token of the form is missing or wrong: load the page again")

    /// A new token; makes the secret if the session has none yet.
    static func make(in session: Session) throws -> String {
        var secret: String?
        try session.core.update(key) { present in
            let text = try present.map { try SessionJSON.decode(String.self, from: $0) } ?? RandomText.make(length)
            secret = text
            return try SessionJSON.encode(text)
        }
        let mask = RandomText.make(length)
        let hidden = zip((secret ?? "").utf8, mask.utf8).map { $0 ^ $1 }
        return URLBase64.encode(Data(Array(mask.utf8) + hidden))
    }

    /// Answers a request whose origin is unknown: with the answer of `next` if it needs no token or has a valid one.
    static func answer(_ request: Request, next: any Handler) -> Answer {
        guard let secret = secret(for: request) else { return next.answer(request) }
        if let header, let token = request.headers[header] {
            return isValid(token, secret) ? next.answer(request) : .failed(refusal)
        }
        guard request.hasURLEncodedForm else { return .failed(refusal) }
        return .pending {
            let body = try await request.body.collect()
            let form = Query(String(decoding: body.readableBytesView, as: UTF8.self))
            guard let token = form["_csrf"], isValid(token, secret) else { throw refusal }
            var request = request
            request.body = RequestBody(body)
            return try await next.answer(request).response()
        }
    }

    /// The secret that a request must know; nil if it needs no token.
    private static func secret(for request: Request) -> String? {
        switch request.method {
        case .get, .head, .options: return nil
        default: break
        }
        guard let text = request.storage[SessionKey.self]?.core.text(key) else { return nil }
        do { return try SessionJSON.decode(String.self, from: text) } catch { return nil }
    }

    private static func isValid(_ token: String, _ secret: String) -> Bool {
        guard token.utf8.count <= 4 * length, let bytes = URLBase64.decode(token), bytes.count == 2 * length else {
            return false
        }
        let shown = zip(bytes.prefix(length), bytes.suffix(length)).map { $0 ^ $1 }
        return ConstantTime.areEqual(shown, Array(secret.utf8))
    }
}
