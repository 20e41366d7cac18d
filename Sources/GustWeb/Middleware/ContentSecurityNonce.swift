public import GustHTTP
import Synchronization

/// The nonce of one request.
final class ContentSecurityNonce: Sendable {
    /// The key of the nonce in `RequestStorage`.
    enum Key: RequestStorageKey { typealias Value = ContentSecurityNonce }

    /// 22 characters of URL-safe base64, with 132 random bits; the standard requires 128.
    let text = RandomText.make(22)
    private let isInUse = Atomic(false)

    /// Whether a handler has read the nonce, so that the page probably contains it.
    var wasRead: Bool { isInUse.load(ordering: .relaxed) }

    /// The nonce, for the page.
    func read() -> String {
        isInUse.store(true, ordering: .relaxed)
        return text
    }
}

extension Request {
    /// The nonce of the `Content-Security-Policy` that the response to this request gets, for the attribute `nonce` of elements; nil
    /// without ``SecureHeaders``, and if its policies have no `{nonce}`.
    ///
    /// In templates it is `{{csp_nonce}}`: `<script nonce="{{csp_nonce}}">`. It consists of letters, digits, `-` and `_`, so it needs no
    /// escaping. A page that contains it isn't stored by ``ResponseCache``.
    public var contentSecurityNonce: String? { storage[ContentSecurityNonce.Key.self]?.read() }
}
