import GustHTTP

/// The handlers of a socket by the name of the event: a list that is searched from the front, because few sockets have many.
struct HandlerTable {
    /// A type-erased handler; called on the client's loop.
    typealias Handler = @Sendable (SocketEvent) -> Void

    private struct Registration {
        let subscription: Subscription
        let handler: Handler
    }

    private var named: [(name: String, registrations: [Registration])] = []
    private var all: [Registration] = []

    mutating func add(_ name: String, _ subscription: Subscription, _ handler: @escaping Handler) {
        let registration = Registration(subscription: subscription, handler: handler)
        if let index = named.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
            named[index].registrations.append(registration)
        } else {
            named.append((name, [registration]))
        }
    }

    mutating func addCatchAll(_ subscription: Subscription, _ handler: @escaping Handler) {
        all.append(Registration(subscription: subscription, handler: handler))
    }

    mutating func remove(_ subscription: Subscription) {
        all.removeAll { $0.subscription == subscription }
        for index in named.indices { named[index].registrations.removeAll { $0.subscription == subscription } }
        named.removeAll { $0.registrations.isEmpty }
    }

    mutating func remove(_ name: String) { named.removeAll { $0.name.hasSameBytes(as: name) } }

    mutating func removeAll() { self = HandlerTable() }

    /// Calls the handlers for any event, then those for the event's name; whether there is one for the name.
    func call(_ event: SocketEvent) -> Bool {
        for registration in all { registration.handler(event) }
        let length = event.name.utf8.count
        for index in named.indices
        where named[index].name.utf8.count == length && named[index].name.hasSameBytes(as: event.name) {
            for registration in named[index].registrations { registration.handler(event) }
            return true
        }
        return false
    }
}
