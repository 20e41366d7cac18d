import GustHTTP
import HTTPTypes
import NIOCore

/// Executes the actions of the state machine.
extension HTTPStreamExchange {
    func handle(_ event: HTTPExchangeStateMachine.Event) {
        execute(machine.handle(event))
    }

    func execute(_ step: HTTPExchangeStateMachine.Step) {
        change(step.deadline)
        switch step.action {
        // The output ends with the last bytes; see `endOutput(_:_:)`. The end of the head is the beginning of the exchange.
        case .none, .answer, .deliver, .refuse, .closeOutput: break
        case .proceed: drainInput()
        case .goOn:
            output?.writeInformation(.continue, [:], on: stream)
            output?.flush()
            drainInput()
        case .failBody(let failure): failBody(failure)
        case .linger: output?.reset(.answered, on: stream)
        case .abort: output?.reset(resetReason, on: stream)
        case .leave: leave()
        }
    }

    func change(_ change: HTTPExchangeStateMachine.Change) {
        switch change {
        case .keep: break
        case .begin(let kind): begin(kind)
        case .end(let kind): if deadline?.kind == kind { deadline = nil }
        case .cancel: deadline = nil
        }
    }

    private var resetReason: HTTPStreamResetReason { isBroken ? .failure : .timeout }

    private func failBody(_ failure: HTTPExchangeStateMachine.BodyFailure) {
        let error =
            switch failure {
            case .malformed, .truncated: HTTPError(.badRequest, "the stream ended before the end of the body")
            case .timeout: HTTPError(.requestTimeout, "the body stood still")
            }
        dropInput()
        parts.body?.receive(.failure(error))
    }

    /// Ends the body, the writer and the task of the request, because its stream has ended.
    private func leave() {
        let parts = parts
        exchange = nil
        self.parts = HTTPExchangeParts()
        deadline = nil
        files?.end()
        files = nil
        dropInput()
        parts.body?.receive(.failure(HTTPError(.badRequest, "the stream ended before the end of the body")))
        parts.stream?.peerLeft()
        parts.task?.cancel()
    }
}
