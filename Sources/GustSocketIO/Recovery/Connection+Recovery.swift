import GustHTTP
import GustWire
import Synchronization

/// Continuing the sockets of an earlier connection of the client.
extension Connection {
    /// Begins to continue the socket that a CONNECT asks for; false if there is none, so that the client gets a new one.
    ///
    /// The new socket is added to the rooms before the lost one is taken out of them, and both record the broadcasts: each broadcast
    /// visits the loops in the same order, so it finds at least one of the two.
    ///
    /// A client that is cut again asks once more before this connection has finished. So the private id belongs to the new socket at
    /// once, and the next one waits for the end of this hand-over.
    func continueSocket(in namespace: Namespace, auth: JSONSlice?) -> Bool {
        guard recovers, let request = RecoveryRequest(auth), let lost = io.recoverable[request.pid],
            lost.namespace === namespace, lost.connection !== self, let limits = io.settings.recovery
        else { return false }
        let position = request.position
        let recovery = SocketRecovery(pid: request.pid, limits: limits, isRecovered: true)
        let socket = Socket(
            connection: self,
            namespace: namespace,
            auth: auth,
            continuing: (lost.id, lost.data),
            recovery
        )
        guard io.recoverable.replace(lost, request.pid, by: socket) else {
            // Another connection of the client came first: its socket is the one to continue.
            return continueSocket(in: namespace, auth: auth)
        }
        joining[ByteText(namespace.name)] = socket
        lost.connection.run { connection in
            lost.recovery?.whenHandedOver {
                // The server may not have noticed that the connection is lost.
                if !lost.isLost, !lost.isOver { connection.transportEnded(.transportClose) }
                let rooms = lost.joinedRooms
                self.run { $0.joinRooms(rooms, of: lost, with: socket, after: position) }
            }
        }
        return true
    }

    private func joinRooms(
        _ rooms: Set<ByteText>,
        of lost: Socket,
        with socket: Socket,
        after position: ByteText?
    ) {
        enterRooms(rooms, with: socket)
        lost.connection.run { _ in
            let missed = lost.handOver(after: position)
            self.run { $0.finishRecovery(of: socket, missed, after: position) }
        }
    }

    /// Adds a socket that continues another one to the namespace and its rooms, so that it records broadcasts.
    func enterRooms(_ rooms: Set<ByteText>, with socket: Socket) {
        socket.roomKeys.withLock { $0 = rooms }
        socket.namespace.local.insert(socket)
        for room in rooms { socket.namespace.local.join(socket, room) }
    }

    /// Goes on with a socket that has got the packets that its client missed; without them, with a new socket.
    func finishRecovery(
        of socket: Socket,
        _ missed: [RecoveryLog.Entry]?,
        after position: ByteText?
    ) {
        let name = socket.namespace.name
        let waiting = socket.recovery?.endHandOver() ?? []
        defer { for body in waiting { body() } }
        guard let missed, let recovery = socket.recovery else {
            // The client has missed more than is known: it gets a new socket.
            if machine.isOpen { endJoining(ByteText(name)) }
            socket.discard()
            return join(name, query: nil, payload: socket.auth, isNew: true)
        }
        recovery.log.prepend(missed, base: position)
        guard machine.isOpen else {
            // This connection was lost as well: the client may return once more.
            return socket.abandon(.transportClose)
        }
        let middlewares = recovery.limits.skipsMiddleware ? [] : socket.namespace.middlewares
        guard !middlewares.isEmpty else {
            endJoining(ByteText(name))
            return admit(socket)
        }
        ask(middlewares[...], about: socket)
    }

    /// Sends the packets that the client has missed, before its CONNECT is answered, as the reference server does.
    func sendMissed(_ socket: Socket) {
        guard socket.isRecovered, let entries = socket.recovery?.log.entries else { return }
        for entry in entries {
            guard machine.isOpen else { return }
            guard let packet = entry.packet?.offsetPacket else { continue }
            isReplaying = true
            send(packet)
        }
    }
}
