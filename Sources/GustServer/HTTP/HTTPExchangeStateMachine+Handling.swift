extension HTTPExchangeStateMachine {
    /// Handles an event.
    ///
    /// - Returns: the change of the deadline and the action that the channel handler must execute.
    mutating func handle(_ event: Event) -> Step {
        switch event {
        case .opened: isWaiting ? Step(deadline: .begin(.request)) : Step()
        case .request(let keepsAlive, let hasBody, let awaitsContinue):
            begin(keepsAlive, hasBody, awaitsContinue)
        case .starved(let hasInput): starve(hasInput)
        case .bodyDemand(let isWanted): demand(isWanted)
        case .bodyBytes(let count): takeBody(count)
        case .bodyEnd: endBody()
        case .malformed: refuse()
        case .answerStreams: streamAnswer()
        case .answerContinues: Step(deadline: isInputClosed ? waitForAnswer() : .keep)
        case .answerBegins(let closes): beginAnswer(closes)
        case .answerEnds(let hasInput): endAnswer(hasInput)
        case .answerBreaks: breakAnswer()
        case .refusalEnds: isWaiting ? close(lingers: true) : Step()
        case .upgrade: upgrade()
        case .outputClosed: closedOutput()
        case .inputClosed: closedInput()
        case .writabilityChanged(let isWritable, let current): changeWritability(isWritable, current)
        case .missed(let deadline): miss(deadline)
        case .drain: drain()
        case .shutdown(let hasInput): shutDown(hasInput)
        case .inactive: leave()
        }
    }

    // MARK: Requests and bodies

    private mutating func begin(_ keepsAlive: Bool, _ hasBody: Bool, _ awaitsContinue: Bool) -> Step {
        guard case .waiting = state else { return Step() }
        state = .answering(
            Exchange(
                keepsAlive: keepsAlive && !isShuttingDown && !isDraining,
                body: hasBody ? .unwanted : .none,
                awaitsContinue: hasBody && awaitsContinue
            )
        )
        return Step(action: .answer, deadline: isInputClosed ? waitForAnswer() : .cancel)
    }

    private mutating func starve(_ hasInput: Bool) -> Step {
        switch state {
        case .waiting(let isInHead):
            // The missing bytes will never arrive.
            if isInputClosed { return close(lingers: false) }
            guard hasInput, !isInHead else { return Step() }
            state = .waiting(isInHead: true)
            return Step(deadline: .begin(.head))
        case .answering(let exchange):
            guard exchange.body == .wanted else { return Step() }
            if isInputClosed { return failBody(.truncated) }
            return expectBody()
        case .draining:
            return isInputClosed ? close(lingers: false) : expectBody()
        case .closing, .lingering, .upgraded, .over: return Step()
        }
    }

    /// Sets the deadline for more bytes of the body; a few bytes don't extend it.
    private mutating func expectBody() -> Step {
        if let progress, progress < bodyProgress { return Step() }
        progress = 0
        return Step(deadline: .begin(.body))
    }

    private mutating func demand(_ isWanted: Bool) -> Step {
        guard case .answering(var exchange) = state, exchange.body != .none else { return Step() }
        exchange.body = isWanted ? .wanted : .unwanted
        let awaitsContinue = exchange.awaitsContinue && isWanted
        if awaitsContinue { exchange.awaitsContinue = false }
        state = .answering(exchange)
        // While the handler doesn't demand bytes, the peer has no deadline.
        guard isWanted else {
            progress = nil
            return Step(deadline: .end(.body))
        }
        return Step(action: awaitsContinue ? .goOn : .proceed)
    }

    private mutating func takeBody(_ count: Int) -> Step {
        switch state {
        case .answering:
            if let progress { self.progress = progress + count }
            return Step(action: .deliver)
        case .draining(let remaining):
            if let progress { self.progress = progress + count }
            guard count <= remaining else { return close(lingers: true) }
            state = .draining(remaining: remaining - count)
            return Step()
        case .waiting, .closing, .lingering, .upgraded, .over: return Step()
        }
    }

    private mutating func endBody() -> Step {
        progress = nil
        switch state {
        case .answering(var exchange):
            guard exchange.body != .none else { return Step() }
            exchange.body = .none
            state = .answering(exchange)
            return Step(action: .deliver, deadline: .end(.body))
        case .draining:
            state = .waiting(isInHead: false)
            return Step(deadline: .begin(.request))
        case .waiting, .closing, .lingering, .upgraded, .over: return Step()
        }
    }

    private mutating func refuse() -> Step {
        switch state {
        case .waiting: Step(action: .refuse)
        case .answering(let exchange): exchange.body == .none ? Step() : failBody(.malformed)
        // The request has been answered: the peer would read a second response as that of the next request.
        case .draining: close(lingers: true)
        case .closing, .lingering, .upgraded, .over: Step()
        }
    }

    /// The rest of the input can't be read; the handler may still respond.
    private mutating func failBody(_ failure: BodyFailure) -> Step {
        guard case .answering(var exchange) = state else { return Step() }
        exchange.keepsAlive = false
        exchange.body = .none
        state = .answering(exchange)
        progress = nil
        return Step(action: .failBody(failure), deadline: isInputClosed ? waitForAnswer() : .end(.body))
    }

    // MARK: Responses

    /// The deadline of a response to a peer that has shut down its sending side and may be gone.
    private func waitForAnswer() -> Change {
        guard case .answering(let exchange) = state else { return .keep }
        return .begin(exchange.isStreamed ? .stream : .answer)
    }

    private mutating func streamAnswer() -> Step {
        guard case .answering(var exchange) = state else { return Step() }
        exchange.isStreamed = true
        state = .answering(exchange)
        return Step(deadline: isInputClosed ? waitForAnswer() : .keep)
    }

    private mutating func beginAnswer(_ closes: Bool) -> Step {
        guard case .answering(var exchange) = state else { return Step() }
        // Without a 100 the client may send the body or not, so the connection can't be reused. A 100 after the head of the response
        // would be read as a part of the response.
        if closes || exchange.awaitsContinue { exchange.keepsAlive = false }
        exchange.awaitsContinue = false
        state = .answering(exchange)
        return Step()
    }

    private mutating func endAnswer(_ hasInput: Bool) -> Step {
        guard case .answering(let exchange) = state else { return Step() }
        guard exchange.keepsAlive else { return close(lingers: hasInput || exchange.body != .none) }
        progress = nil
        guard exchange.body == .none else {
            state = .draining(remaining: drainLength)
            return Step(action: .proceed, deadline: .end(.answer))
        }
        state = .waiting(isInHead: false)
        return Step(action: .proceed, deadline: .begin(.request))
    }

    private mutating func breakAnswer() -> Step {
        switch state {
        case .upgraded, .over: return Step()
        case .waiting, .answering, .draining, .closing, .lingering:
            state = .closing(lingers: false)
            return Step(action: .abort, deadline: .cancel)
        }
    }

    private mutating func upgrade() -> Step {
        guard case .answering(let exchange) = state, exchange.body == .none else { return Step() }
        state = .upgraded
        return Step(deadline: .cancel)
    }

    // MARK: Ends

    private mutating func close(lingers: Bool) -> Step {
        state = .closing(lingers: lingers && !isInputClosed)
        progress = nil
        return Step(action: .closeOutput, deadline: .begin(.write))
    }

    private mutating func closedOutput() -> Step {
        guard case .closing(let lingers) = state else { return Step() }
        guard lingers else { return Step(action: .abort, deadline: .cancel) }
        state = .lingering
        return Step(action: .linger, deadline: .begin(.linger))
    }

    private mutating func closedInput() -> Step {
        guard !isInputClosed else { return Step() }
        isInputClosed = true
        switch state {
        // Complete requests may still be in the buffer.
        case .waiting, .draining: return Step(action: .proceed)
        case .answering: return Step(action: .proceed, deadline: waitForAnswer())
        case .closing, .upgraded, .over: return Step()
        case .lingering: return Step(action: .abort, deadline: .cancel)
        }
    }

    private mutating func changeWritability(_ isWritable: Bool, _ current: Deadline?) -> Step {
        switch state {
        case .closing, .lingering, .upgraded, .over: return Step()
        case .waiting, .answering, .draining: break
        }
        guard isWritable else { return Step(deadline: .begin(.write)) }
        guard current == .write else { return Step(action: .proceed) }
        switch state {
        case .waiting(let isInHead): return Step(action: .proceed, deadline: .begin(isInHead ? .head : .request))
        case .answering(let exchange) where exchange.body == .wanted:
            progress = 0
            return Step(action: .proceed, deadline: .begin(.body))
        case .draining:
            progress = 0
            return Step(action: .proceed, deadline: .begin(.body))
        case .answering, .closing, .lingering, .upgraded, .over:
            return Step(action: .proceed, deadline: isInputClosed ? waitForAnswer() : .end(.write))
        }
    }

    private mutating func miss(_ deadline: Deadline) -> Step {
        switch (deadline, state) {
        case (_, .upgraded), (_, .over): return Step()
        case (.head, .waiting): return Step(action: .refuse)
        case (.body, .answering(let exchange)): return exchange.body == .none ? Step() : failBody(.timeout)
        case (.request, .answering), (.head, .answering), (.head, .draining), (.request, .draining): return Step()
        case (.body, .waiting), (.answer, .waiting), (.stream, .waiting): return Step()
        case (.request, _), (.head, _), (.body, _), (.write, _), (.linger, _), (.answer, _), (.stream, _):
            return Step(action: .abort, deadline: .cancel)
        }
    }

    private mutating func drain() -> Step {
        isDraining = true
        guard case .answering(var exchange) = state else { return Step() }
        exchange.keepsAlive = false
        state = .answering(exchange)
        return Step()
    }

    private mutating func shutDown(_ hasInput: Bool) -> Step {
        isShuttingDown = true
        switch state {
        case .waiting(let isInHead): return isInHead || hasInput ? Step() : close(lingers: false)
        case .answering(var exchange):
            exchange.keepsAlive = false
            state = .answering(exchange)
            return Step()
        case .draining: return close(lingers: true)
        case .closing, .lingering, .upgraded, .over: return Step()
        }
    }

    private mutating func leave() -> Step {
        if case .over = state { return Step() }
        state = .over
        return Step(action: .leave, deadline: .cancel)
    }
}
