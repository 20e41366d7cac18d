import GustWire
import NIOCore

/// Sending what the program has given; all methods are called on the loop.
extension ClientSocket {
    /// Sends something, or keeps it until the socket is connected.
    func accept(_ outgoing: Outgoing) {
        if case .reply(let id, let session, let arguments) = outgoing {
            guard session == connection.sessionNumber, phase == .joined else { return }
            return connection.answer(
                .acknowledgement(namespace: namespace, id: id, arguments: arguments),
                weight: arguments.weight
            )
        }
        if connection.settings.retries > 0,
            case .event(let name, let arguments, false, let timeout, let completion) = outgoing
        {
            return acceptRetried(name, arguments, timeout, completion, outgoing.weight)
        }
        guard phase == .joined else { return keep(outgoing) }
        transmit(outgoing)
    }

    /// Sends over the open connection.
    private func transmit(_ outgoing: Outgoing) {
        let limits = connection.settings.limits
        if outgoing.isVolatile, connection.link?.isCongested ?? true || connection.machine.isSwitching { return }
        guard connection.bufferedBytes <= limits.maximumBufferedBytes else { return refuse(outgoing, .bufferFull) }
        switch outgoing {
        case .message(let message, _):
            if !outgoingHandlers.isEmpty { outgoingHandlers.call(("message", message.arguments)) }
            connection.send(.message(namespace: namespace, id: nil, message))
        case .event(let name, let arguments, _, let timeout, let completion):
            guard connection.settings.revision.hasEvents || completion == nil else {
                return refuse(outgoing, .notSupported("acknowledgements"))
            }
            var id: Int?
            if let completion {
                guard acknowledgements.count < limits.maximumAcknowledgements else {
                    return refuse(outgoing, .bufferFull)
                }
                id = expect(within: timeout, completion)
            }
            if !outgoingHandlers.isEmpty { outgoingHandlers.call((name, arguments)) }
            connection.send(.event(namespace: namespace, id: id, name: name, arguments: arguments))
        case .reply: break
        }
    }

    /// Expects an acknowledgement, and returns the id for the packet.
    private func expect(within timeout: Duration?, _ completion: @escaping AcknowledgementCompletion) -> Int {
        let time = TimeAmount(timeout ?? connection.settings.acknowledgementTimeout)
        let (id, arms) = acknowledgements.add(until: connection.eventLoop.now + time, completion)
        if arms { armAcknowledgementTimer() }
        return id
    }

    private func armAcknowledgementTimer() {
        acknowledgementTimer?.cancel()
        acknowledgementTimer = nil
        guard let due = acknowledgements.due else { return }
        acknowledgementTimer = connection.eventLoop.assumeIsolated().scheduleTask(deadline: due) { [weak self] in
            guard let self else { return }
            let expired = acknowledgements.removeExpired(at: connection.eventLoop.now)
            armAcknowledgementTimer()
            for completion in expired { completion(.failure(.acknowledgementTimedOut)) }
            connection.flushSoon()
        }
    }

    // MARK: Before the connection

    private func keep(_ outgoing: Outgoing) {
        guard !outgoing.isVolatile else { return refuse(outgoing, .disconnected) }
        // Without this the events of a socket that nobody connects would be kept for ever.
        guard phase != .idle || !connection.machine.isClosed else { return refuse(outgoing, .closed) }
        let limits = connection.settings.limits
        guard waiting.count < limits.maximumBufferedEvents,
            outgoing.weight <= limits.maximumBufferedBytes - waitingBytes
        else { return refuse(outgoing, .bufferFull) }
        var kept = KeptOutgoing(outgoing, connection.eventLoop.now, connection.settings.acknowledgementTimeout)
        if let deadline = kept.deadline {
            let number = kept.number
            kept.timer = connection.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
                self?.expire(number)
            }
        }
        waiting.append(kept)
        waitingBytes += outgoing.weight
    }

    /// An event whose acknowledgement is awaited has waited too long for the connection.
    private func expire(_ number: Subscription) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        let outgoing = waiting.remove(at: index).outgoing
        waitingBytes -= outgoing.weight
        refuse(outgoing, .acknowledgementTimedOut)
    }

    func sendWaiting() {
        let events = takeWaiting()
        for event in events {
            let outgoing = event.limited(at: connection.eventLoop.now)
            // A handler may have disconnected the socket meanwhile.
            if phase == .joined { transmit(outgoing) } else { accept(outgoing) }
        }
        sendRetried()
        connection.resumeFlushed()
    }

    private func takeWaiting() -> [KeptOutgoing] {
        let events = waiting
        waiting = []
        waitingBytes = 0
        for event in events { event.timer?.cancel() }
        return events
    }

    /// Nothing that waits will be sent.
    func failWaiting(_ error: ClientError) {
        for event in takeWaiting() { refuse(event.outgoing, error) }
        for event in retried.removeAll() {
            refuse(.event(name: event.name, event.arguments, isVolatile: false, timeout: nil, event.completion), error)
        }
    }

    /// Something isn't sent: the call that waits for its acknowledgement throws, otherwise the program is told.
    func refuse(_ outgoing: Outgoing, _ error: ClientError) {
        switch outgoing {
        case .event(_, _, _, _, let completion?): completion(.failure(error))
        case .event(let name, _, let isVolatile, _, nil): if !isVolatile { connection.report(error, self, name) }
        case .message(_, let isVolatile): if !isVolatile { connection.report(error, self, "message") }
        case .reply: break
        }
    }

    // MARK: Retries

    private func acceptRetried(
        _ name: String,
        _ arguments: Arguments,
        _ timeout: Duration?,
        _ completion: AcknowledgementCompletion?,
        _ weight: Int
    ) {
        let limits = connection.settings.limits
        guard retried.count < limits.maximumBufferedEvents, weight <= limits.maximumBufferedBytes - retried.bytes else {
            return refuse(
                .event(name: name, arguments, isVolatile: false, timeout: timeout, completion),
                .bufferFull
            )
        }
        let time = timeout ?? connection.settings.acknowledgementTimeout
        retried.add(
            RetriedEvents.Event(
                name: name,
                arguments: arguments,
                timeout: time,
                completion: completion,
                weight: weight
            )
        )
        if phase == .joined { sendRetried() }
    }

    private func sendRetried() {
        guard phase == .joined, let event = retried.next() else { return }
        transmit(
            .event(name: event.name, event.arguments, isVolatile: false, timeout: event.timeout) { [weak self] result in
                self?.answered(result)
            }
        )
    }

    private func answered(_ result: Result<Arguments, ClientError>) {
        switch result {
        case .success: retried.removeFirst()?.completion?(result)
        case .failure(.disconnected): return
        case .failure(let error):
            retried.sendAgain()
            guard let tries = retried.tries, tries > connection.settings.retries else { break }
            guard let event = retried.removeFirst() else { break }
            if let completion = event.completion {
                completion(result)
            } else {
                connection.report(error, self, event.name)
            }
        }
        sendRetried()
        connection.resumeFlushed()
    }
}

extension Outgoing {
    /// Whether it may be dropped.
    var isVolatile: Bool {
        switch self {
        case .event(_, _, let isVolatile, _, _), .message(_, let isVolatile): isVolatile
        case .reply: true
        }
    }
}
