import GustHTTP

/// What to call for which event: a short list, searched from the front, because few sockets have many handlers.
struct EventHandlers: Sendable {
    /// A handler with its types erased; called on the socket's loop.
    typealias Handler = @Sendable (Socket, ReceivedEvent) -> Void

    private var entries: [Entry] = []
    private var catchAll: [Handler] = []

    private struct Entry {
        let name: String
        /// Whether no other text is canonically equal in the same length.
        let isASCII: Bool
        var handlers: [Handler]

        /// Names are the same only if their bytes are.
        func isNamed(_ other: String) -> Bool { name == other && (isASCII || name.hasSameBytes(as: other)) }
    }

    /// Whether nothing is registered.
    var isEmpty: Bool { entries.isEmpty && catchAll.isEmpty }

    /// Whether somebody waits for events of that name.
    func handles(_ name: String) -> Bool { entries.contains { $0.name.hasSameBytes(as: name) } }

    mutating func add(_ name: String, _ handler: @escaping Handler) {
        if let index = entries.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
            entries[index].handlers.append(handler)
        } else {
            entries.append(Entry(name: name, isASCII: name.utf8.allSatisfy { $0 < 0x80 }, handlers: [handler]))
        }
    }

    mutating func addCatchAll(_ handler: @escaping Handler) {
        catchAll.append(handler)
    }

    mutating func remove(_ name: String) {
        entries.removeAll { $0.name.hasSameBytes(as: name) }
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
        where entries[index].name.utf8.count == length && entries[index].isNamed(event.name) {
            for handler in entries[index].handlers.indices { entries[index].handlers[handler](socket, event) }
            return true
        }
        return false
    }
}
