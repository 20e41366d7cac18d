import GustHTTP

/// The handlers by event name: a list that is searched from the front, because few sockets have many handlers.
struct EventHandlers: Sendable {
    /// A type-erased handler; called on the socket's loop.
    typealias Handler = @Sendable (Socket, ReceivedEvent) -> Void

    private var entries: [Entry] = []
    private var catchAll: [Registration] = []
    /// The names whose events have ids; handlers of a namespace only.
    var unique: [UniqueEvents] = []

    private struct Registration {
        let token: HandlerToken
        let handler: Handler
    }

    private struct Entry {
        let name: String
        /// The beginning of the name, by which most other names are told apart.
        let start: NameStart
        /// Whether the name is ASCII: then no other string of the same length in bytes is equal to it by
        /// canonical equivalence.
        let isASCII: Bool
        var registrations: [Registration]

        /// Whether the name has these bytes, which begin with `start`.
        func isNamed(_ bytes: UnsafeRawBufferPointer, _ start: NameStart) -> Bool {
            self.start == start && (start.isWhole || name.utf8.hasSameBytes(as: bytes))
        }

        /// Whether `other` has the same bytes as the name.
        func isNamed(_ other: String) -> Bool { name == other && (isASCII || name.hasSameBytes(as: other)) }
    }

    /// Whether no handler is registered.
    var isEmpty: Bool { entries.isEmpty && catchAll.isEmpty && unique.isEmpty }

    /// Whether a handler is registered for events called `name`.
    func handles(_ name: String) -> Bool { entries.contains { $0.name.hasSameBytes(as: name) } }

    /// The number of the entry with this name; nil if no handler is registered for it.
    func index(of name: UnsafeRawBufferPointer) -> Int? {
        let start = NameStart(name)
        return entries.firstIndex { $0.isNamed(name, start) }
    }

    /// Whether events are passed to the handlers of their name only: no handler is registered for any event, and none have ids.
    var areNamedOnly: Bool { catchAll.isEmpty && unique.isEmpty }

    /// The name of an entry: that of its handlers, so that an event needs no text of its own.
    func name(at index: Int) -> String { entries[index].name }

    mutating func add(_ name: String, _ token: HandlerToken, _ handler: @escaping Handler) {
        let registration = Registration(token: token, handler: handler)
        if let index = entries.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
            entries[index].registrations.append(registration)
        } else {
            let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
            var bytes = name
            let start = bytes.withUTF8 { NameStart(UnsafeRawBufferPointer($0)) }
            entries.append(Entry(name: name, start: start, isASCII: isASCII, registrations: [registration]))
        }
    }

    mutating func addCatchAll(_ token: HandlerToken, _ handler: @escaping Handler) {
        catchAll.append(Registration(token: token, handler: handler))
    }

    /// These handlers, and those of `others` behind them.
    func followed(by others: EventHandlers) -> EventHandlers {
        guard !others.isEmpty else { return self }
        var result = self
        result.catchAll += others.catchAll
        result.unique += others.unique
        for entry in others.entries {
            for registration in entry.registrations {
                result.add(entry.name, registration.token, registration.handler)
            }
        }
        return result
    }

    /// Removes the handlers for events called `name`.
    mutating func remove(_ name: String) {
        entries.removeAll { $0.name.hasSameBytes(as: name) }
    }

    /// Removes one handler; does nothing if it isn't registered.
    mutating func remove(_ token: HandlerToken) {
        catchAll.removeAll { $0.token == token }
        for index in entries.indices { entries[index].registrations.removeAll { $0.token == token } }
        // An entry without handlers would count as a handler for its name.
        entries.removeAll { $0.registrations.isEmpty }
    }

    /// Removes the handlers for any event.
    mutating func removeCatchAll() { catchAll = [] }

    /// Removes the handlers that are registered for a name.
    mutating func removeNamed() { entries = [] }

    /// Calls the handlers of `event`: first the handlers for any event, then those for its name, in order
    /// of registration.
    ///
    /// - Returns: whether a handler is registered for the name.
    func call(_ socket: Socket, _ event: ReceivedEvent) -> Bool {
        for registration in catchAll { registration.handler(socket, event) }
        // The lengths are compared first, because most names differ in length and a comparison of lengths costs less.
        // Entries are accessed by index, because a copy of an entry would be retained.
        let length = event.name.utf8.count
        for index in entries.indices
        where entries[index].name.utf8.count == length && entries[index].isNamed(event.name) {
            call(at: index, socket, event)
            return true
        }
        return false
    }

    /// Calls the handlers of one entry.
    @inline(__always)
    func call(at index: Int, _ socket: Socket, _ event: ReceivedEvent) {
        for registration in entries[index].registrations.indices {
            entries[index].registrations[registration].handler(socket, event)
        }
    }
}
