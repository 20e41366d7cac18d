import GustHTTP

/// The handlers by event name: a list that is searched from the front, because few sockets have many handlers.
struct EventHandlers: Sendable {
    /// A type-erased handler; called on the socket's loop.
    typealias Handler = @Sendable (Socket, ReceivedEvent) -> Void

    private var entries: [Entry] = []
    private var catchAll: [Handler] = []

    private struct Entry {
        let name: String
        /// Whether the name is ASCII: then no other string of the same length in bytes is equal to it by
        /// canonical equivalence.
        let isASCII: Bool
        var handlers: [Handler]

        /// Whether `other` has the same bytes as the name.
        func isNamed(_ other: String) -> Bool { name == other && (isASCII || name.hasSameBytes(as: other)) }
    }

    /// Whether no handler is registered.
    var isEmpty: Bool { entries.isEmpty && catchAll.isEmpty }

    /// Whether a handler is registered for events called `name`.
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

    /// Calls the handlers of `event`: first the handlers for any event, then those for its name, in order
    /// of registration.
    ///
    /// - Returns: whether a handler is registered for the name.
    func call(_ socket: Socket, _ event: ReceivedEvent) -> Bool {
        for handler in catchAll { handler(socket, event) }
        // The lengths are compared first, because most names differ in length and a comparison of lengths costs less.
        // Entries are accessed by index, because a copy of an entry would be retained.
        let length = event.name.utf8.count
        for index in entries.indices
        where entries[index].name.utf8.count == length && entries[index].isNamed(event.name) {
            for handler in entries[index].handlers.indices { entries[index].handlers[handler](socket, event) }
            return true
        }
        return false
    }
}
