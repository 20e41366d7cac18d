import GustAdapter
import GustHTTP
import GustWire
import NIOCore

/// Continuing the sockets that the client had on other nodes.
extension Connection {
    /// How long an adapter may take to answer; adapters have shorter times of their own.
    private static let restorationTimeout = TimeAmount.seconds(10)

    /// Asks the adapter for the socket that a CONNECT asks for; false if there is nobody to ask, so that the client gets a new one.
    ///
    /// Broadcasts are recorded from now on: the other node records them until it hands the session over.
    func restoreSocket(in namespace: Namespace, auth: JSONSlice?) -> Bool {
        guard recovers, namespace.adapter !== namespace.local, let limits = io.settings.recovery,
            let request = RecoveryRequest(auth)
        else { return false }
        let key = ByteText(namespace.name)
        let auth = auth?.detached
        let start = io.recoverable.beginRestoration(request.pid) {
            // The earlier connection of the client has its answer, so that the socket is on this node now if there is one.
            self.run { connection in
                connection.restorations[key] = nil
                guard connection.machine.isOpen else { return namespace.release() }
                connection.enter(namespace, auth: auth, isNew: false)
            }
        }
        let restoration = SessionRestoration(
            request,
            in: namespace,
            auth: auth,
            recorder: BroadcastRecorder(on: shard, limits: limits)
        )
        switch start {
        case .refused: return false
        case .waiting: restorations[key] = restoration
        case .begun:
            restorations[key] = restoration
            shard.membership(of: namespace.local).add(restoration.recorder)
            restoration.deadline = shard.eventLoop.scheduleTask(in: Self.restorationTimeout) {
                self.run { $0.finish(restoration, nil) }
            }
            io.start(on: home) {
                let session = await namespace.adapter.restore(pid: request.pid, offset: request.position?.string)
                self.run { $0.finish(restoration, session) }
            }
        }
        return true
    }

    /// Continues the session, also if the connection has ended meanwhile: then its client may return once more.
    private func finish(_ restoration: SessionRestoration, _ session: SocketSession?) {
        let namespace = restoration.namespace
        let key = ByteText(namespace.name)
        guard !restoration.isOver else { return }
        restoration.isOver = true
        restoration.deadline?.cancel()
        restorations[key] = nil
        let pid = restoration.request.pid
        guard let session, let limits = io.settings.recovery, let data = data(of: session),
            session.pid.hasSameBytes(as: pid)
        else {
            restoration.recorder.shard.run { restoration.recorder.stop(in: namespace.local) }
            io.recoverable.endRestoration(pid)
            guard machine.isOpen else { return namespace.release() }
            return enter(namespace, auth: restoration.auth, isNew: true)
        }
        let recovery = SocketRecovery(session, limits: limits)
        let socket = Socket(
            connection: self,
            namespace: namespace,
            auth: restoration.auth,
            continuing: (session.id, data),
            recovery
        )
        io.recoverable.insert(socket, pid)
        if machine.isOpen { joining[key] = socket }
        let rooms = Set(session.rooms.map { ByteText($0) })
        enterRooms(rooms, with: socket)
        restoration.recorder.shard.run {
            restoration.recorder.stop(in: namespace.local)
            let recorded = restoration.recorder.packets(for: session.roomKeys)
            self.run { $0.merge(session, recorded, into: socket, at: restoration.request.position) }
        }
    }

    private func merge(
        _ session: SocketSession,
        _ recorded: [SharedPacket]?,
        into socket: Socket,
        at position: ByteText?
    ) {
        var missed: [RecoveryLog.Entry]?
        if let recorded, let recovery = socket.recovery {
            missed =
                session.missed.map { RecoveryLog.Entry($0, in: socket.namespace.name) }
                + recorded.filter { !recovery.isKnown($0) }.compactMap { packet in
                    packet.offset.map { RecoveryLog.Entry(offset: $0, packet: packet) }
                }
        }
        finishRecovery(of: socket, missed, after: position)
        if let pid = socket.recovery?.pid { io.recoverable.endRestoration(pid) }
    }

    private func data(of session: SocketSession) -> SocketData? {
        do {
            return try SocketData(encoded: session.data)
        } catch {
            io.report(error, of: nil, in: "restore")
            return nil
        }
    }
}

/// One question to the adapter for the session of a client.
///
/// `@unchecked Sendable`: references travel between threads, but the mutable properties are used on the connection's loop only.
final class SessionRestoration: @unchecked Sendable {
    let request: RecoveryRequest
    let namespace: Namespace
    /// The payload of the client's CONNECT.
    let auth: JSONSlice?
    let recorder: BroadcastRecorder
    /// Ends the question if the adapter doesn't answer.
    var deadline: Scheduled<Void>?
    /// Whether the adapter has answered, or its time is over.
    var isOver = false

    init(_ request: RecoveryRequest, in namespace: Namespace, auth: JSONSlice?, recorder: BroadcastRecorder) {
        self.request = request
        self.namespace = namespace
        self.auth = auth
        self.recorder = recorder
    }
}
