#if TLS
import GustHTTP
import HTTPTypes

/// Adds `Strict-Transport-Security` to the responses to encrypted requests (RFC 6797 §7.1).
struct StrictTransportSecurity: Middleware {
    private let value: String

    init(_ duration: Duration) {
        value = "max-age=\(max(0, duration.components.seconds))"
    }

    func answer(_ request: Request, next: any Handler) -> Answer {
        // A browser must ignore the field without TLS (RFC 6797 §8.1).
        guard request.isSecure else { return next.answer(request) }
        return next.answer(request).edited(with: value) { response, value in
            if response.headers[.strictTransportSecurity] == nil {
                response.headers[.strictTransportSecurity] = value
            }
        }
    }
}
#endif
