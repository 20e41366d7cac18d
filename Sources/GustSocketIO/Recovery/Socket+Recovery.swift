import GustAdapter
import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// Connection state recovery of one socket.
extension Socket {
    /// Whether the client continues a socket that had lost its connection, with all events that it missed.
    ///
    /// Then the socket has the id and the rooms of before. See ``SocketIOSettings/recovery``.
    public var isRecovered: Bool { recovery?.isRecovered ?? false }

    /// Records a packet that is sent to the client, if the client needs its offset.
    ///
    /// Called on the loop.
    func record(_ shared: SharedPacket, isVolatile: Bool, _ recovery: SocketRecovery) {
        guard let offset = shared.offset else { return }
        // While a connection moves, a broadcast can arrive twice.
        if connection.handover != nil || recovery.log.lastNumber == shared.number, recovery.log.contains(offset) {
            return
        }
        recovery.log.append(shared, isKept: !isVolatile, recovery.limits)
    }

    // MARK: Losing

    /// Keeps the socket in its rooms, so that it records what the client misses; false if the end is final.
    ///
    /// Called on the loop, after the socket has been disconnected.
    func becomeLost(_ reason: CloseReason) -> Bool {
        let io = connection.io
        guard let recovery, reason.isRecoverable else { return false }
        let isKept = !io.isClosing
        guard !isKept || io.recoverable.lose(recovery.limits.maximumSockets) else { return false }
        if namespace.adapter !== namespace.local { namespace.adapter.persist(sessionToContinue, isKept: isKept) }
        guard isKept else { return false }
        isLost = true
        // The cycle of references ends with the timer, or when the client returns.
        recovery.timer.action = { self.forget() }
        let shard = connection.shard
        shard.timers.arm(recovery.timer, at: shard.eventLoop.now + TimeAmount(recovery.limits.duration))
        return true
    }

    /// Ends a socket whose connection ended before it joined its namespace; a client that was returning may return once more.
    ///
    /// Called on the loop.
    func abandon(_ reason: CloseReason) {
        if let recovery, recovery.isRecovered, !recovery.isHandingOver, !isOver, !isConnected { _ = becomeLost(reason) }
        discard()
    }

    /// Ends a socket that has lost its connection.
    ///
    /// Called on the loop.
    func forget() {
        guard let recovery, isLost else { return }
        isLost = false
        connection.shard.timers.disarm(recovery.timer)
        recovery.timer.action = nil
        recovery.log = RecoveryLog()
        namespace.local.remove(self)
        roomKeys.withLock { $0 = [] }
        connection.io.recoverable.find()
        connection.io.recoverable.remove(self, recovery.pid)
        namespace.release()
    }

    // MARK: Returning

    /// Ends the socket for the one that continues it, and returns the packets that the client has missed.
    ///
    /// Called on the loop. The connection of the socket is ended first if it is still open.
    /// - Parameter position: the offset of the last packet that the client has received; nil if it has received none.
    /// - Returns: the packets; nil if they aren't all known any more.
    func handOver(after position: ByteText?) -> [RecoveryLog.Entry]? {
        guard isLost, let missed = recovery?.log.missed(after: position) else { return nil }
        forget()
        return missed
    }

    /// What another node needs to continue the socket; called on the loop.
    var sessionToContinue: SocketSession {
        SocketSession(
            id: id,
            pid: recovery?.pid ?? "",
            rooms: joinedRooms.map(\.string),
            data: encodedData(for: "persist"),
            offset: recovery?.log.base?.string,
            missed: recovery?.log.entries.map(\.missedPacket) ?? []
        )
    }
}

extension CloseReason {
    /// Whether a client can continue its socket after this end (socket.io 4.8, `lib/socket.ts`, `RECOVERABLE_DISCONNECT_REASONS`).
    var isRecoverable: Bool {
        switch self {
        case .transportError, .transportClose, .forcedClose, .pingTimeout, .serverShuttingDown, .forcedServerClose: true
        case .parseError, .clientNamespaceDisconnect, .serverNamespaceDisconnect, .outboxOverflow, .rateExceeded: false
        }
    }
}

extension RecoveryLog.Entry {
    /// Makes an entry of a packet that another node has handed over.
    init(_ missed: SocketSession.MissedPacket, in namespace: String) {
        let packet = missed.packet?.packet(in: namespace)
        self.init(
            offset: ByteText(missed.offset),
            packet: packet.map { SharedPacket(recoverable: $0, isVolatile: false, offset: missed.offset) }
        )
    }

    /// The packet for another node.
    fileprivate var missedPacket: SocketSession.MissedPacket {
        SocketSession.MissedPacket(offset: offset.string, packet.flatMap { NamespacePacket($0.packet) })
    }
}

extension NamespacePacket {
    /// Makes a value of the packet of an event or a message; nil for other packets.
    init?(_ packet: Packet) {
        switch packet {
        case .event(_, nil, let name, let arguments): self = .event(name: name, arguments)
        case .message(_, nil, let message): self = .message(message)
        default: return nil
        }
    }
}
