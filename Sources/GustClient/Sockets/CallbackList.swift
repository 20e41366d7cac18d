/// Closures that are called in the order of their registration.
struct CallbackList<Value> {
    typealias Callback = @Sendable (Value) -> Void

    private var entries: [(subscription: Subscription, callback: Callback)] = []

    /// Whether there are none.
    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ subscription: Subscription, _ callback: @escaping Callback) {
        entries.append((subscription, callback))
    }

    mutating func remove(_ subscription: Subscription) { entries.removeAll { $0.subscription == subscription } }

    mutating func removeAll() { entries = [] }

    func call(_ value: Value) {
        for entry in entries { entry.callback(value) }
    }
}
