/// Removing handlers. The methods may be called from any thread.
///
/// An event whose handlers are being called is still passed to a handler that is removed meanwhile.
extension Socket {
    /// Removes the handler or the packet middleware that `token` names; does nothing if it isn't registered.
    public func off(_ token: HandlerToken) {
        run { socket in
            // Freed at the end: what handlers own may call this method.
            let former = (socket.outgoingHandlers?.list, socket.eventMiddlewares?.list)
            defer { withExtendedLifetime(former) {} }
            socket.removeHandlers { $0.remove(token) }
            if let outgoing = socket.outgoingHandlers {
                outgoing.list.remove(token)
                if outgoing.list.isEmpty { socket.outgoingHandlers = nil }
            }
            if let middlewares = socket.eventMiddlewares {
                middlewares.list.remove(token)
                if middlewares.isRemovable { socket.eventMiddlewares = nil }
            }
        }
    }

    /// Removes the handlers that this socket has for the event `name`.
    public func off(_ name: String) {
        run { socket in socket.removeHandlers { $0.events.remove(name) } }
    }

    /// Removes the handlers that ``onAny(_:)`` has registered.
    public func offAny() {
        run { socket in socket.removeHandlers { $0.events.removeCatchAll() } }
    }

    /// Removes the handlers that ``onAnyOutgoing(_:)`` has registered.
    public func offAnyOutgoing() {
        run { socket in
            let former = socket.outgoingHandlers
            socket.outgoingHandlers = nil
            withExtendedLifetime(former) {}
        }
    }

    /// Removes the handlers for names, for messages and for the disconnect.
    ///
    /// As in Node, the handlers for any event and the packet middleware remain, and so do the handlers of the namespace.
    public func removeAllListeners() {
        run { socket in
            socket.removeHandlers { handlers in
                handlers.events.removeNamed()
                handlers.messages = HandlerList()
                handlers.disconnecting = HandlerList()
                handlers.disconnect = HandlerList()
            }
        }
    }
}
