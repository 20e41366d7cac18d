#if Tracing
import GustHTTP
public import GustSocketIO
public import Tracing

/// Makes a span for each event that a Socket.IO server receives, by swift-distributed-tracing.
///
/// ```swift
/// var settings = SocketIOSettings()
/// settings.tracing = EventTracing()
/// ```
///
/// The name of the span is `event` and the name of the event, or `event other` if no handler is registered for the event, so that the
/// names are the program's. The span begins before the handlers are called, and ends when all of them have returned and the tasks of
/// the async ones have ended; errors of handlers, and arguments that can't be decoded, are recorded. It is the context of the task
/// (`ServiceContext.current`) in the handlers.
///
/// Each event begins a trace of its own with a link to the span of the handshake, if the middleware ``HTTPTracing`` has made one: a
/// connection lasts for hours, and a trace with all its events would have no bound.
public struct EventTracing: Sendable {
    let tracer: (any Tracer)?

    /// Traces events.
    ///
    /// - Parameter tracer: the tracer; nil for the tracer that the program has bootstrapped (`InstrumentationSystem.tracer`).
    public init(_ tracer: (any Tracer)? = nil) {
        self.tracer = tracer
    }
}

extension EventTracing: EventTracer {
    package func begin(_ event: String, of socket: Socket) -> any EventSpan {
        let tracer = tracer ?? InstrumentationSystem.tracer
        let span: any Span = tracer.startSpan("event \(event)", context: .topLevel, ofKind: .consumer)
        span.attributes["messaging.system"] = "socket.io"
        span.attributes["messaging.operation.type"] = "process"
        span.attributes["messaging.destination.name"] = socket.namespace.label
        if let handshake = socket.handshake.storage[HandshakeContext.self] {
            span.addLink(SpanLink(context: handshake, attributes: [:]))
        }
        return TracedEvent(span: span)
    }
}

extension SocketIOSettings {
    /// How events that clients send are traced; nil, the default, for not at all.
    public var tracing: EventTracing? {
        get { tracer as? EventTracing }
        set { tracer = newValue }
    }
}
#endif
