import GustAdapter
import Synchronization

@testable import GustSocketIO

/// Records the result with which a completion was called.
final class Outcome: Sendable {
    private let result = Mutex<Result<Void, SocketError>?>(nil)

    /// The error; nil if there is none, or the completion was not called.
    var error: SocketError? {
        result.withLock {
            if case .failure(let error)? = $0 { return error }
            return nil
        }
    }

    /// Whether the completion was called without an error.
    var isSuccess: Bool {
        result.withLock {
            if case .success? = $0 { return true }
            return false
        }
    }

    func set(_ value: Result<Void, SocketError>) { result.withLock { $0 = value } }
}
