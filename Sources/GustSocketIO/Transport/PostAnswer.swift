import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// The answer to a `POST` that isn't answered at once: its body is still being received, its connection is on another loop, or the
/// connection has stopped reading.
///
/// `@unchecked Sendable`: the mutable properties are used on the writer's loop only; every method hops there first.
final class PostAnswer: @unchecked Sendable {
    private let loop: any EventLoop
    private let revision: Revision
    /// nil until the response is sent.
    private var writer: (any ResponseWriter)?
    /// The first outcome; later ones aren't said.
    private var outcome: PostOutcome?

    /// Makes an answer to a client of `revision`, whose response is written on `loop`.
    init(on loop: any EventLoop, _ revision: Revision) {
        self.loop = loop
        self.revision = revision
    }

    /// The response; `begun` is called on the writer's loop when the response is sent.
    func response(_ begun: @escaping @Sendable () -> Void = {}) -> Response {
        Response(
            body: .stream { writer in
                self.writer = writer
                if let outcome = self.outcome { self.write(outcome) }
                begun()
            }
        )
    }

    /// Says the outcome, unless another one was said before.
    func say(_ outcome: PostOutcome) {
        guard loop.inEventLoop else { return loop.execute { self.say(outcome) } }
        guard self.outcome == nil else { return }
        self.outcome = outcome
        write(outcome)
    }

    private func write(_ outcome: PostOutcome) {
        guard let writer else { return }
        let response = outcome.response(revision)
        writer.status = response.status
        for field in response.headers { writer.headers[field.name] = field.value }
        guard case .bytes(let body) = response.body else { return }
        writer.finish(body)
    }
}
