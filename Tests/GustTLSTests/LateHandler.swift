#if TLS
import GustHTTP

/// Answers with the response that the test gives later.
///
/// `@unchecked Sendable`: used on the thread of the test, which is that of its loop.
final class LateHandler: Handler, @unchecked Sendable {
    private(set) var waiting: CheckedContinuation<Response, Never>?

    func answer(_ request: Request) -> Answer {
        .pending { await withCheckedContinuation { self.waiting = $0 } }
    }
}
#endif
