/// What to call for which event: a short list, searched from the front, because few sockets have many handlers.
struct EventHandlers: Sendable {
    /// A handler with its types erased; called on the socket's loop.
    typealias Handler = @Sendable (Socket, ReceivedEvent) -> Void

    private var entries: [(name: String, handlers: [Handler])] = []
    private var catchAll: [Handler] = []

    /// Whether nothing is registered.
    var isEmpty: Bool { entries.isEmpty && catchAll.isEmpty }

    /// Whether somebody waits for events of that name.
    func handles(_ name: String) -> Bool { entries.contains { $0.name == name } }

    mutating func add(_ name: String, _ handler: @escaping Handler) {
        if let index = entries.firstIndex(where: { $0.name == name }) {
            entries[index].handlers.append(handler)
        } else {
            entries.append((name, [handler]))
        }
    }

    mutating func addCatchAll(_ handler: @escaping Handler) {
        catchAll.append(handler)
    }

    mutating func remove(_ name: String?) {
        entries.removeAll { name == nil || $0.name == name }
    }

    /// Calls the handlers of `event`: those for any event first, then those for its name, in order of registration.
    ///
    /// - Returns: whether one was registered for the name.
    func call(_ socket: Socket, _ event: ReceivedEvent) -> Bool {
        for handler in catchAll { handler(socket, event) }
        // Most names differ in length, which costs less to see than that they differ. By index, since an entry taken out
        // would be counted as held.
        let length = event.name.utf8.count
        for index in entries.indices
        where entries[index].name.utf8.count == length && entries[index].name == event.name {
            for handler in entries[index].handlers.indices { entries[index].handlers[handler](socket, event) }
            return true
        }
        return false
    }
}
