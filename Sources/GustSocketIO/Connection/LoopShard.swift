import GustHTTP
import GustWire
import NIOCore
import Synchronization

/// What an endpoint keeps for one event loop: its timers, its share of every namespace's members and its
/// counters.
///
/// It is used on its loop only, so it has no locks.
///
/// `@unchecked Sendable`: references travel between threads, but every mutable property is used on `eventLoop` only
/// (methods assert it); `counters` are single-writer atomics in a locked table.
final class LoopShard: @unchecked Sendable {
    let executor: LoopExecutor
    let eventLoop: any EventLoop
    let timers: TimerWheel
    /// Work that other loops and threads post to this loop.
    let inbox: LoopInbox
    /// The connection whose frame is being handled; unretained, because it is set for every message.
    @exclusivity(unchecked) var receiving: Unmanaged<Connection>?
    /// The event whose handlers are being called; nil if it isn't observed.
    var eventInProgress: EventInProgress?
    /// The metrics of events that this loop has used.
    var eventMetrics = EventMetrics.Cache()
    /// Whether the lag of the loop is being recorded.
    var isRecordingLag = false

    /// Whether the loop is about to stop.
    let isStopping = Atomic<Bool>(false)

    /// The texts of handshakes that clients of this loop share.
    var handshakeTexts = HandshakeTexts()
    private let counters = Mutex<[String: TransportCounters]>([:])  // bytes: our own names
    private var memberships: [ObjectIdentifier: Membership] = [:]
    private var kinds: [Revision: [TransportKind: ConnectionKind]] = [:]

    init(executor: LoopExecutor) {
        self.executor = executor
        eventLoop = executor.eventLoop
        timers = TimerWheel(eventLoop: executor.eventLoop)
        inbox = LoopInbox(executor.eventLoop)
    }

    /// The sockets of the namespace of `adapter` on this loop.
    func membership(of adapter: LocalAdapter) -> Membership {
        let key = ObjectIdentifier(adapter)
        if let membership = memberships[key] { return membership }
        let membership = Membership()
        memberships[key] = membership
        return membership
    }

    /// The sockets of the namespace of `adapter` on this loop; nil if there has never been one.
    func existingMembership(of adapter: LocalAdapter) -> Membership? {
        memberships[ObjectIdentifier(adapter)]
    }

    /// Removes a namespace that has ended.
    func forget(_ adapter: LocalAdapter) {
        memberships[ObjectIdentifier(adapter)] = nil
    }

    /// What the connections of `revision` have in common that begin over a transport of this kind, made at the first call.
    func kind(of revision: Revision, over transport: TransportKind, of io: SocketIO) -> ConnectionKind {
        eventLoop.assertInEventLoop()
        if let known = kinds[revision]?[transport] { return known }
        let made = ConnectionKind(revision, over: transport, of: io)
        kinds[revision, default: [:]][transport] = made
        return made
    }

    /// Runs `body` on this loop: in place if the caller is there, else behind what was posted before.
    func run(_ body: @escaping @Sendable () -> Void) {
        if eventLoop.inEventLoop { body() } else { inbox.append(body) }
    }

    /// The counters of the transport called `name`, made at the first call.
    ///
    /// Asked when a connection begins to use the transport, never for a message.
    func counters(of name: String) -> TransportCounters {
        counters.withLock { counters in
            if let known = counters[name] { return known }
            let made = TransportCounters(of: name)
            counters[name] = made
            return made
        }
    }

    /// The counters of all transports; asked from anywhere.
    var countersByTransport: [String: TransportCounters] { counters.withLock { $0 } }  // bytes: our own names
}
