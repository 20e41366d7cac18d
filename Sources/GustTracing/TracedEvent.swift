#if Tracing
import GustSocketIO
import Tracing

/// The span of one event.
struct TracedEvent: EventSpan {
    let span: any Span

    func run(_ body: () -> Void) { ServiceContext.withValue(span.context) { body() } }

    func record(_ error: any Error) {
        // A handler is cancelled when its socket is disconnected; that isn't an error.
        guard !(error is CancellationError) else { return }
        span.recordError(error)
        span.setStatus(SpanStatus(code: .error))
    }

    func end() { span.end() }
}
#endif
