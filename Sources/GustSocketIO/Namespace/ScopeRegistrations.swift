/// A middleware of a namespace: it admits a socket by returning, and refuses it by throwing.
enum NamespaceMiddleware: Sendable {
    case immediate(@Sendable (Socket) throws -> Void)
    case suspending(@Sendable (Socket) async throws -> Void)
}

/// The middleware and handlers of a ``SocketScope``.
struct ScopeRegistrations: Sendable {
    var middlewares = HandlerList<NamespaceMiddleware>()
    var handlers = EventHandlers()
    var connectHandlers = HandlerList<@Sendable (Socket) -> Void>()
    var roomHandlers = HandlerList<@Sendable (Namespace, RoomEvent) -> Void>()

    /// Removes one middleware or handler; does nothing if it isn't registered.
    mutating func remove(_ token: HandlerToken) {
        middlewares.remove(token)
        handlers.remove(token)
        connectHandlers.remove(token)
        roomHandlers.remove(token)
    }
}
