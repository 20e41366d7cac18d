/// Closures that are called in the order of their registration.
///
/// A class, so that a closure may add and remove others while it is called. Used on the client's loop only.
final class CallbackList<Value> {
    typealias Callback = @Sendable (Value) -> Void

    private var entries: [(subscription: Subscription, callback: Callback)] = []

    /// Whether there are none.
    var isEmpty: Bool { entries.isEmpty }

    func add(_ subscription: Subscription, _ callback: @escaping Callback) {
        entries.append((subscription, callback))
    }

    func remove(_ subscription: Subscription) { entries.removeAll { $0.subscription == subscription } }

    func removeAll() { entries = [] }

    func call(_ value: Value) {
        guard !entries.isEmpty else { return }
        let entries = entries
        for entry in entries { entry.callback(value) }
    }
}
