import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// The answer to one `POST`, perhaps on another loop than the connection's.
///
/// `@unchecked Sendable`: the writer is touched on its own loop only; every method hops there first.
final class PostAnswer: @unchecked Sendable {
    private let writer: any ResponseWriter
    private let loop: any EventLoop
    private let reply: PostReply
    /// Whether it was said; what is said after it isn't heard.
    private var isSaid = false

    init(_ writer: any ResponseWriter, reply: PostReply) {
        self.writer = writer
        self.reply = reply
        loop = writer.eventLoop
    }

    /// Says that the payload was taken.
    func accept() {
        say { answer in
            PollingFields.setType(answer.reply.contentType, of: answer.writer)
            answer.writer.finish(answer.reply.body)
        }
    }

    /// Answers with a status and no body; the connection ends, because the rest of the body may still be coming.
    func refuse(_ status: HTTPResponse.Status) {
        say { answer in
            answer.writer.status = status
            if status == .contentTooLarge { answer.writer.headers[.connection] = "close" }
            answer.writer.finish()
        }
    }

    /// Answers with a refusal.
    func refuse(_ refusal: RefusalBody) {
        say { answer in
            answer.writer.status = refusal.httpStatus
            answer.writer.headers[.contentType] = refusal.contentType
            answer.writer.finish(refusal.body)
        }
    }

    private func say(_ body: @escaping @Sendable (PostAnswer) -> Void) {
        onLoop { answer in
            guard !answer.isSaid else { return }
            answer.isSaid = true
            body(answer)
        }
    }

    private func onLoop(_ body: @escaping @Sendable (PostAnswer) -> Void) {
        if loop.inEventLoop { body(self) } else { loop.execute { body(self) } }
    }
}
