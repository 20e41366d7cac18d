import CoreMetrics
import GustClientWire
import GustHTTP
import GustWire
import NIOCore

/// Opening, changing and ending the transport: the effects of the ``SessionMachine`` that concern it.
extension ClientConnection {
    func askCredentials() {
        guard let credentials = settings.credentials else {
            // Not at once: this may be called while a frame of the last connection is being decoded.
            return eventLoop.assumeIsolated().execute { self.perform(self.machine.prepared()) }
        }
        sessionNumber += 1
        let attempt = sessionNumber
        credentialsTask = Task {
            let result: Result<ClientCredentials, any Error>
            do { result = .success(try await credentials()) } catch { result = .failure(error) }
            self.run { connection in
                guard connection.sessionNumber == attempt, connection.machine.isPreparing else { return }
                switch result {
                case .success(let given):
                    connection.given = given
                    connection.perform(connection.machine.prepared())
                case .failure(let error):
                    connection.report(error, nil, nil)
                    connection.perform(connection.machine.failed(.connectionFailed("no credentials: \(error)")))
                }
            }
        }
    }

    /// What the transports of the current attempt share.
    func environment() -> LinkEnvironment {
        LinkEnvironment(eventLoop, configuration, given)
    }

    func openLink() {
        sessionNumber += 1
        decoder = settings.revision.makeCodec(.socketIO, settings.payloadLimits)
        encoder = decoder
        session = nil
        forgetHeld()
        implicitRoot = .awaited
        abandoned = []
        metrics.attempts.increment()
        if ClientGrammar.of(settings.revision).greeting == .request { return askForSession() }
        open(sid: nil)
    }

    /// Opens the transport of an attempt.
    func open(sid: String?) {
        let kind = settings.chosenTransport
        let made: any ClientLink =
            kind == .webSocket || kind == .flashSocket
            ? WebSocketLink(environment(), kind, sid: sid, self) : PollingLink(environment(), kind, sid: sid, self)
        link = made
        made.open()
    }

    /// The handshake of 0.9, which precedes the transport.
    func askForSession() {
        let asking = SessionRequest(environment())
        sessionRequest = asking
        asking.begin { outcome in
            guard self.sessionRequest === asking else { return }
            self.sessionRequest = nil
            switch outcome {
            case .failure(let error): self.perform(self.machine.failed(error))
            case .success(let greeting):
                self.open(sid: greeting.sid)
                self.greeted(greeting)
            }
        }
    }

    func dropLink() {
        isInBatch = false
        sessionRequest?.abort()
        sessionRequest = nil
        link?.abort()
        link = nil
        session = nil
        forgetHeld()
    }

    func closeLink() {
        guard let closing = link else { return }
        isInBatch = false
        var farewell = ByteBuffer()
        let isPolling = closing is PollingLink
        // A WebSocket ends with its own closing handshake; only requests need the packet (engine.io-client 6).
        if isPolling || settings.revision.announcesClose { _ = encoder.encode(.close, into: &farewell) }
        let hasFarewell = farewell.readableBytes > 0
        if hasFarewell { settings.trace?(TracedFrame(.sent, closing.transport, .text(farewell))) }
        // An upgrade that isn't finished ends with its polls.
        sendHeld()
        session = nil
        link = nil
        let end = ClosingLink(closing, eventLoop, settings.closeTimeout) { self.finishClosing() }
        closing.flush()
        endings += 1
        // Its timer keeps it alive.
        end.begin(hasFarewell ? .text(farewell) : nil)
    }

    func finishClosing() {
        endings -= 1
        callClosers()
    }

    /// Calls `body` when no connection is being closed.
    func whenClosed(_ body: @escaping @Sendable () -> Void) {
        closers.append(body)
        callClosers()
    }

    func callClosers() {
        guard !closers.isEmpty, endings == 0, !isPerforming else { return }
        let waiting = closers
        closers = []
        for closer in waiting { closer() }
    }

    func openProbe() {
        guard let session else { return }
        let made = WebSocketLink(environment(), .webSocket, sid: session.sid, self)
        probe = made
        made.open()
    }

    func pausePolling() {
        guard let polling = link as? PollingLink else { return }
        polling.flush()
        polling.pause {
            guard self.link === polling else { return }
            self.perform(self.machine.pollingPaused())
        }
    }

    func switchToProbe() {
        guard let webSocket = probe else { return }
        link?.abort()
        link = webSocket
        probe = nil
        var text = ByteBuffer()
        _ = encoder.encode(.upgrade, into: &text)
        send(.text(text))
        sendHeld()
        if pauses > 0 { webSocket.setReading(false) }
        webSocket.flush()
    }
}
