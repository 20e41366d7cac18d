import NIOCore

/// Handling an event once that a client sends several times.
extension SocketScope {
    /// Handles the events `name` once for each id that their sender has chosen, and repeats the acknowledgement for duplicates.
    ///
    /// A client that received no acknowledgement can't know whether its event was handled. If it sends the event again with the same
    /// id, no handler is called for the second event; it gets the acknowledgement of the first one, also if that was an error, and
    /// also if the first one is still being handled. Async handlers of such events aren't cancelled when their socket is
    /// disconnected, so that the acknowledgement is known when the client returns.
    ///
    /// ```swift
    /// io["/"].deduplicate("order", idAt: 0) { socket in socket.data[userID] }
    /// ```
    ///
    /// The id is an argument that is a text or a number, of at most 256 bytes, such as a UUID; an event without one is handled each
    /// time. A handler that takes the undecoded event must acknowledge it. Ids are unique in a scope. Without `scope` that is the socket,
    /// with all sockets that continue it by connection state recovery; after another kind of reconnection the client has a new
    /// socket, so the scope should be what stays, such as the id of the user. What is remembered is in the memory of this process.
    ///
    /// Call it before the server runs, as for handlers. It applies to the handlers of the namespaces and of their sockets.
    /// - Parameters:
    ///   - name: the name of the events.
    ///   - position: the position of the id among the arguments, from 0.
    ///   - lifetime: how long an event and its acknowledgement are remembered, from the time when the event was received.
    ///   - maximumCount: how many events of one scope are remembered; the oldest are forgotten first. If so many events of a scope are
    ///     being handled, further ones are refused with an error.
    ///   - scope: returns the scope of the ids of a socket; nil for the socket. Called on the socket's loop; must not block.
    public func deduplicate(
        _ name: String,
        idAt position: Int,
        lifetime: Duration = .seconds(300),
        maximumCount: Int = 1_024,
        scope: @escaping @Sendable (Socket) -> String? = { _ in nil }
    ) {
        let limits = UniqueEventTable.Limits(lifetime: TimeAmount(lifetime), scopeCount: maximumCount)
        let unique = UniqueEvents(name, position: position, limits: limits, scope: scope)
        _ = register { registrations, _ in registrations.handlers.unique.append(unique) }
    }
}
