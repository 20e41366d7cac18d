/// Closures that are called in the order of their registration.
///
/// A class, so that a closure may add and remove others while it is called. Used on the client's loop only.
final class CallbackList<Value> {
    typealias Callback = @Sendable (Value) -> Void

    private typealias Entries = [(subscription: Subscription, callback: Callback)]

    private var entries: Entries = []

    /// Whether there are none.
    var isEmpty: Bool { entries.isEmpty }

    func add(_ subscription: Subscription, _ callback: @escaping Callback) {
        entries.append((subscription, callback))
    }

    func remove(_ subscription: Subscription) { change { $0.removeAll { $0.subscription == subscription } } }

    func removeAll() { change { $0 = [] } }

    /// Changes the list, and frees what has left it afterwards: what a closure owns may call this object at its end.
    private func change(_ body: (inout Entries) -> Void) {
        let former = entries
        body(&entries)
        withExtendedLifetime(former) {}
    }

    func call(_ value: Value) {
        guard !entries.isEmpty else { return }
        let entries = entries
        for entry in entries { entry.callback(value) }
    }
}
