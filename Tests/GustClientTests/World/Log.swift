import Synchronization

/// What handlers have been called with, in order.
final class Log<Value: Sendable>: Sendable {
    private let contents = Mutex<[Value]>([])

    var values: [Value] { contents.withLock { $0 } }

    func add(_ value: Value) { contents.withLock { $0.append(value) } }

    /// Removes and returns the values.
    func take() -> [Value] {
        contents.withLock { values in
            defer { values = [] }
            return values
        }
    }
}
