import GustHTTP

/// The handlers of a socket by the name of the event: a list that is searched from the front, because few sockets have many.
///
/// A class, so that a handler may add and remove others while it is called. Removed handlers are freed when the table has been changed, because
/// what they own may change it again at its end. Used on the client's loop only.
final class HandlerTable {
    /// A type-erased handler; called on the client's loop.
    typealias Handler = @Sendable (ClientSocket, SocketEvent) -> Void

    private struct Registration {
        let subscription: Subscription
        let handler: Handler
    }

    private struct Entry {
        let name: String
        /// Whether the name is ASCII: then no other string of the same length in bytes is equal to it by canonical equivalence.
        let isASCII: Bool
        var registrations: [Registration]

        /// Whether `other`, which has the same length in bytes, has the same bytes.
        func isNamed(_ other: String) -> Bool { name == other && (isASCII || name.hasSameBytes(as: other)) }
    }

    private var named: [Entry] = []
    private var all: [Registration] = []

    func add(_ name: String, _ subscription: Subscription, _ handler: @escaping Handler) {
        let registration = Registration(subscription: subscription, handler: handler)
        if let index = named.firstIndex(where: { $0.name.hasSameBytes(as: name) }) {
            named[index].registrations.append(registration)
        } else {
            let isASCII = name.utf8.allSatisfy { $0 < 0x80 }
            named.append(Entry(name: name, isASCII: isASCII, registrations: [registration]))
        }
    }

    func addCatchAll(_ subscription: Subscription, _ handler: @escaping Handler) {
        all.append(Registration(subscription: subscription, handler: handler))
    }

    func remove(_ subscription: Subscription) {
        let former = (named, all)
        defer { withExtendedLifetime(former) {} }
        all.removeAll { $0.subscription == subscription }
        for index in named.indices { named[index].registrations.removeAll { $0.subscription == subscription } }
        // An entry without handlers would count as a handler for its name.
        named.removeAll { $0.registrations.isEmpty }
    }

    func remove(_ name: String) {
        let former = named
        defer { withExtendedLifetime(former) {} }
        named.removeAll { $0.name.hasSameBytes(as: name) }
    }

    func removeAll() {
        let former = (named, all)
        defer { withExtendedLifetime(former) {} }
        named = []
        all = []
    }

    /// Calls the handlers for any event, then those for the event's name; whether there is one for the name.
    func call(_ socket: ClientSocket, _ event: SocketEvent) -> Bool {
        if !all.isEmpty {
            let all = all
            for registration in all { registration.handler(socket, event) }
        }
        let length = event.name.utf8.count
        let named = named
        for index in named.indices where named[index].name.utf8.count == length && named[index].isNamed(event.name) {
            // By index, because a copy of a registration would be retained.
            for place in named[index].registrations.indices {
                named[index].registrations[place].handler(socket, event)
            }
            return true
        }
        return false
    }
}
