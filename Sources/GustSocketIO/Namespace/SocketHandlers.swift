/// The handlers of one socket, in addition to those of its namespace: an object of its own, because most sockets have none.
///
/// Used on the loop of the socket's connection only.
final class SocketHandlers {
    var events = EventHandlers()
    var messages = HandlerList<MessageHandler>()
    var disconnecting = HandlerList<DisconnectHandler>()
    var disconnect = HandlerList<DisconnectHandler>()

    init() {}

    init(_ others: SocketHandlers) {
        events = others.events
        messages = others.messages
        disconnecting = others.disconnecting
        disconnect = others.disconnect
    }

    /// Whether no handler is registered.
    var isEmpty: Bool { events.isEmpty && messages.isEmpty && disconnecting.isEmpty && disconnect.isEmpty }

    /// Removes a handler; does nothing if it isn't registered.
    func remove(_ token: HandlerToken) {
        events.remove(token)
        messages.remove(token)
        disconnecting.remove(token)
        disconnect.remove(token)
    }
}
