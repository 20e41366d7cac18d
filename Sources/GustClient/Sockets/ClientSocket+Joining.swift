import GustClientWire
import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// Joining and leaving the namespace; all methods are called on the loop.
extension ClientSocket {
    /// The program wants the socket to be connected.
    func want() {
        guard phase == .idle else { return }
        phase = .waiting
        if connection.isOpen { joinIfWanted() } else { connection.wantsConnection() }
    }

    /// Asks for the namespace, if the socket waits for the connection.
    func joinIfWanted() {
        guard phase == .waiting, connection.isOpen else { return }
        phase = .joining
        joinTimer = connection.schedule(in: connection.settings.joinTimeout) { [weak self] _ in self?.joinTimedOut() }
        // The server still answers a socket that has left; this one asks afterwards.
        if !connection.hasAbandoned(namespace) { askInTime() }
    }

    /// Asks when DISCONNECT was handled: socket.io's server does that a moment later, and closes the connection for a CONNECT that comes
    /// in the same read (4.8, client.ts).
    private func askInTime() {
        let distance = TimeAmount.milliseconds(100)
        guard let last = lastFarewell, last.session == connection.sessionNumber,
            connection.eventLoop.now < last.at + distance
        else { return ask() }
        connection.eventLoop.assumeIsolated().scheduleTask(deadline: last.at + distance) { [weak self] in
            self?.joinAfterAnswer()
        }
    }

    /// The server has answered the socket before this one, which has left.
    func joinAfterAnswer() {
        if phase == .joining, !hasAskedToJoin, connection.isOpen { askInTime() }
    }

    private func ask() {
        let revision = connection.settings.revision
        if revision.connectsImplicitly, namespace.utf8.elementsEqual("/".utf8), connection.implicitRoot != .left {
            hasAskedToJoin = true
            // The server lets the client in by itself, and says so where the revision has a packet for it.
            if connection.implicitRoot == .joined || !revision.hasEvents { joined(nil) }
            return
        }
        guard revision.hasEvents else { return refuse(.notSupported("namespaces")) }
        guard !namespace.utf8.contains(UInt8(ascii: ",")) else {
            return refuse(.notSupported("namespaces with a comma in their names"))
        }
        guard let credentials else { return sendConnect(nil) }
        joins += 1
        let join = joins
        joinTask = Task {
            let result: Result<JSONSlice?, any Error>
            do { result = .success(try await credentials()) } catch { result = .failure(error) }
            self.connection.run { connection in
                guard connection.isOpen, self.joins == join, self.phase == .joining else { return }
                switch result {
                case .success(let payload): self.sendConnect(payload)
                case .failure(let error):
                    self.refuse(.connectionFailed("no credentials for \(self.namespace): \(error)"))
                }
            }
        }
    }

    private func sendConnect(_ payload: JSONSlice?) {
        var payload = payload
        if connection.settings.revision.rules.hasRecovery, let recovery {
            payload = RecoveryPayload.adding(recovery.pid, recovery.offset, to: payload)
        }
        hasAskedToJoin = true
        connection.send(.connect(namespace: namespace, query: nil, payload: payload))
        connection.flushSoon()
    }

    /// The server has let the socket into its namespace.
    func joined(_ payload: JSONSlice?) {
        guard phase == .joining, let session = connection.session else { return }
        let told = payload.flatMap { JSONObject($0) }
        let derived = connection.settings.revision.socketIdentifiers.derived(from: session.sid, in: namespace)
        guard let id = derived ?? told?["sid"]?.string else {
            return connection.fail(.protocolViolation("a CONNECT packet without a sid for \(namespace)"))
        }
        joinTimer?.cancel()
        connection.machine.joined()
        phase = .joined
        let pid = told?["pid"]?.string
        let isRecovered = pid != nil && pid.map { recovery?.pid.hasSameBytes(as: $0) ?? false } ?? false
        if !isRecovered { recovery = pid.map { ($0, nil) } }
        status.withLock { $0 = Status(id: id, isConnected: true, isRecovered: isRecovered) }
        let missed = early
        (early, earlyBytes) = ([], 0)
        resumeJoinWaiters(.success(()))
        for packet in missed { receiveEarly(packet) }
        sendWaiting()
        // A handler of a missed event may have disconnected the socket.
        if phase == .joined { connectHandlers.call(self) }
    }

    /// The server has refused the socket.
    func refused(_ payload: JSONSlice) {
        guard phase == .joining || phase == .joined else { return }
        let members = JSONObject(payload)
        let message = members?["message"]?.string ?? payload.string ?? payload.description
        refuse(.namespaceRefused(message: message, data: members?["data"]?.detached))
    }

    /// The socket can't be connected; it stays disconnected until the program connects it again.
    private func refuse(_ error: ClientError) {
        leave()
        phase = .idle
        recovery = nil
        let isAwaited = !joinWaiters.isEmpty
        resumeJoinWaiters(.failure(error))
        if refusalHandlers.isEmpty, !isAwaited { connection.report(error, self, nil) }
        refusalHandlers.call(error)
        connection.dismissIfUnused()
    }

    private func joinTimedOut() {
        guard phase == .joining else { return }
        connection.fail(.timedOut("the server's answer for \(namespace)"))
    }

    /// The program disconnects the socket.
    func disconnectByProgram() {
        guard phase != .idle else { return }
        let wasJoined = phase == .joined
        sayGoodbye()
        leave()
        phase = .idle
        recovery = nil
        failWaiting(.disconnected)
        resumeJoinWaiters(.failure(.disconnected))
        if wasJoined { disconnectHandlers.call(.clientDisconnect) }
        connection.dismissIfUnused()
    }

    /// Tells the server that the socket leaves.
    func sayGoodbye() {
        guard connection.settings.revision.hasEvents else { return }
        switch phase {
        case .joined: connection.sayGoodbye(namespace)
        // A server closes the whole connection for a packet of a namespace that it hasn't let in (socket.io 4.8, client.ts), therefore
        // its answer is awaited.
        case .joining where hasAskedToJoin: connection.abandon(namespace)
        case .joining, .waiting, .idle: break
        }
    }

    /// The server has disconnected the socket; only the program connects it again.
    func disconnectedByServer() {
        guard phase == .joined || phase == .joining else { return }
        leave()
        phase = .idle
        recovery = nil
        resumeJoinWaiters(.failure(.disconnected))
        disconnectHandlers.call(.serverDisconnect)
        connection.dismissIfUnused()
    }

    /// The connection was lost, and the socket waits for the next one; the result tells the program so.
    func lostConnection(_ error: ClientError) -> () -> Void {
        guard phase == .joined || phase == .joining else { return {} }
        let wasJoined = phase == .joined
        let completions = release()
        phase = .waiting
        return {
            for completion in completions { completion(.failure(.disconnected)) }
            if wasJoined { self.disconnectHandlers.call(error.disconnectReason) }
        }
    }

    /// No connection follows.
    func gaveUp(_ error: ClientError) {
        guard phase != .idle else { return }
        phase = .idle
        failWaiting(error)
        resumeJoinWaiters(.failure(error))
        if refusalHandlers.isEmpty == false { refusalHandlers.call(error) }
    }

    /// The client was closed.
    func closed() {
        leave()
        phase = .idle
        failWaiting(.closed)
        resumeJoinWaiters(.failure(.closed))
        for sequence in sequences.values { sequence.finish() }
        sequences = [:]
        // Handlers usually refer to the socket, credentials to the client.
        use(nil)
        handlers.removeAll()
        messageHandlers.removeAll()
        outgoingHandlers.removeAll()
        connectHandlers.removeAll()
        disconnectHandlers.removeAll()
        refusalHandlers.removeAll()
    }

    /// What ends with the connection: what waits for an answer gets none.
    private func leave() {
        for completion in release() { completion(.failure(.disconnected)) }
    }

    /// Ends what ends with the connection, and returns the calls that get no answer.
    private func release() -> [AcknowledgementCompletion] {
        joinTimer?.cancel()
        joinTimer = nil
        joinTask?.cancel()
        joinTask = nil
        acknowledgementTimer?.cancel()
        acknowledgementTimer = nil
        (early, earlyBytes) = ([], 0)
        hasAskedToJoin = false
        status.withLock { $0 = Status() }
        retried.connectionWasLost()
        return acknowledgements.removeAll()
    }

    private func resumeJoinWaiters(_ result: Result<Void, ClientError>) {
        let waiters = joinWaiters
        joinWaiters = []
        for waiter in waiters { waiter.resume(result.mapError { $0 as any Error }) }
    }
}
