public import GustHTTP

/// The key of the nonce in the storage of a request.
enum ContentSecurityNonce: RequestStorageKey { typealias Value = String }

extension Request {
    /// The nonce that allows scripts and styles of this response by its `Content-Security-Policy`; nil if no middleware has made one.
    ///
    /// In templates it is `{{csp_nonce}}`: `<script nonce="{{csp_nonce}}">`.
    public var contentSecurityNonce: String? { storage[ContentSecurityNonce.self] }
}
