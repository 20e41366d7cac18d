import Synchronization

@testable import GustSocketIO

/// What a completion was called with.
final class Outcome: Sendable {
    private let result = Mutex<Result<Void, SocketError>?>(nil)

    /// The error, if it was one.
    var error: SocketError? {
        result.withLock {
            if case .failure(let error)? = $0 { return error }
            return nil
        }
    }

    /// Whether it was called, without an error.
    var isSuccess: Bool {
        result.withLock {
            if case .success? = $0 { return true }
            return false
        }
    }

    func set(_ value: Result<Void, SocketError>) { result.withLock { $0 = value } }
}
