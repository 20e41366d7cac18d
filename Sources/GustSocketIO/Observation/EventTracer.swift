/// Follows received events for a tracing system: the product GustTracing has one.
package protocol EventTracer: Sendable {
    /// Begins a span for an event whose handlers are about to be called; called on the socket's loop.
    ///
    /// - Parameters:
    ///   - event: the name of the event; `other` if no handler is registered for it.
    ///   - socket: the socket that received the event.
    /// - Returns: the span.
    func begin(_ event: String, of socket: Socket) -> any EventSpan
}

/// The span of one received event; may be used from any thread.
package protocol EventSpan: Sendable {
    /// Calls `body`, which calls the handlers, once and in place, with the span as the context of the task.
    func run(_ body: () -> Void)
    /// Records an error of a handler, or of the arguments; may be called several times.
    func record(_ error: any Error)
    /// Ends the span; called once, after all handlers have ended.
    func end()
}
