/// How a server stops: when it stops accepting connections, and when it closes those it has.
package struct HTTPDrain: Sendable {
    /// How long the server goes on before it stops accepting, so that load balancers see that it isn't ready.
    package var delay: Duration = .zero
    /// The time in which idle connections and WebSockets are closed one after the other; zero closes them at once.
    package var window: Duration = .zero
    /// Called once when the server begins to stop, before ``delay``.
    package var onStopping: (@Sendable () -> Void)?

    package init() {}
}
