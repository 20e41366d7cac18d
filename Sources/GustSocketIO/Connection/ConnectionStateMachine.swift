import GustWire
import NIOCore

/// The life of one connection, decided without I/O: opening, heartbeat, probe and upgrade, closing.
///
/// A pure value: events and the time go in, actions come out, nothing else happens. Messages don't pass through here
/// (they change nothing), so that they cost nothing.
/// Source: engine.io 6.6 `lib/socket.ts`.
struct ConnectionStateMachine {
    /// What happened.
    enum Event: Equatable {
        case opened
        case receivedPing, receivedPong, receivedClose
        case joinedNamespace
        case candidateAttached, receivedProbe, receivedUpgrade, candidateFailed
        case transportEnded(CloseReason)
        case closeRequested(CloseReason, isDrained: Bool)
        case drained
        case readingPaused, readingResumed
        /// A poll waits for its answer, or does no more.
        case pollAttached, pollReleased
        case deadlinePassed
    }

    /// What to do about it.
    enum Action: Equatable {
        case sendPing, sendPong
        /// Answer the probe on the candidate.
        case answerProbe
        /// End a pending poll with a noop, so that the client can finish its upgrade.
        case releasePoll
        /// The candidate becomes the transport.
        case switchTransport
        case refuseCandidate
        /// Tell the peer that it is over, once everything before it was sent.
        case sendClose(CloseReason)
        /// It is over: tell the sockets, free everything.
        case end(CloseReason)
    }

    private enum Phase: Equatable {
        case idle
        case open
        case closing(CloseReason, deadline: NIODeadline)
        /// Everything was sent, and the end is put off.
        case lingering(CloseReason, deadline: NIODeadline)
        case ended
    }

    private enum Upgrade: Equatable {
        case none
        case attached(deadline: NIODeadline)
        case probing(deadline: NIODeadline, nextRelease: NIODeadline)
        case done
    }

    private enum Poll: Equatable {
        case untracked
        case pending(releaseAt: NIODeadline?)
        case absent(until: NIODeadline)
    }

    private enum Heartbeat: Equatable {
        case silent
        case pingDue(NIODeadline)
        case pongDue(NIODeadline)
        case peerPingDue(NIODeadline)
    }

    let timing: Timing
    let direction: Revision.HeartbeatDirection
    private var phase = Phase.idle
    private var upgrade = Upgrade.none
    private var heartbeat = Heartbeat.silent
    private var connectDeadline: NIODeadline?
    /// When a pending poll is ended with nothing, or, while none is pending, the session.
    private var poll = Poll.untracked
    private var isReadingPaused = false

    init(timing: Timing, direction: Revision.HeartbeatDirection) {
        self.timing = timing
        self.direction = direction
    }

    /// Whether packets are exchanged.
    var isOpen: Bool { phase == .open }

    /// Whether everything is over.
    var hasEnded: Bool { phase == .ended }

    /// Whether a candidate may be attached: none is, and none ever was taken.
    var canUpgrade: Bool { isOpen && upgrade == .none }

    /// When ``Event/deadlinePassed`` is to be sent; nil while nothing is waited for.
    var nextDeadline: NIODeadline? {
        switch phase {
        case .idle, .ended: return nil
        case .closing(_, let deadline), .lingering(_, let deadline): return deadline
        case .open: break
        }
        var next = NIODeadline.distantFuture
        switch heartbeat {
        case .silent: break
        case .pingDue(let deadline), .pongDue(let deadline), .peerPingDue(let deadline): next = deadline
        }
        switch upgrade {
        case .none, .done: break
        case .attached(let deadline): next = min(next, deadline)
        case .probing(let deadline, let nextRelease): next = min(next, deadline, nextRelease)
        }
        if let connectDeadline { next = min(next, connectDeadline) }
        switch poll {
        case .pending(let deadline?), .absent(let deadline): next = min(next, deadline)
        case .untracked, .pending(nil): break
        }
        return next == .distantFuture ? nil : next
    }

    /// Takes one event and says what to do, in order.
    mutating func handle(_ event: Event, now: NIODeadline) -> [Action] {
        switch phase {
        case .ended: event == .candidateAttached ? [.refuseCandidate] : []
        case .closing(let reason, _) where event == .drained: finish(reason, now: now)
        case .closing(let reason, let deadline): handleEnding(event, reason, deadline, last: [], now: now)
        case .lingering(let reason, let deadline):
            handleEnding(event, reason, deadline, last: [.sendClose(reason)], now: now)
        case .idle: event == .opened ? open(now: now) : []
        case .open: handleOpen(event, now: now)
        }
    }

    private mutating func open(now: NIODeadline) -> [Action] {
        phase = .open
        connectDeadline = now + timing.connectTimeout
        guard timing.hasHeartbeat else { return [] }
        switch direction {
        case .serverPings: heartbeat = .pingDue(now + timing.pingInterval)
        case .clientPings: heartbeat = .peerPingDue(now + timing.pingInterval + timing.pingTimeout)
        }
        return []
    }

    private mutating func handleOpen(_ event: Event, now: NIODeadline) -> [Action] {
        switch event {
        case .opened:
            return []
        case .receivedPing:
            guard direction == .clientPings else { return end(.transportError) }
            heartbeat = .peerPingDue(now + timing.pingInterval + timing.pingTimeout)
            return [.sendPong]
        case .receivedPong:
            // Where both ends say the same, a client that was not asked is not to blame.
            guard timing.hasHeartbeat else { return [] }
            guard direction != .clientPings else { return end(.transportError) }
            // A pong out of turn is tolerated and changes nothing: it must not postpone the next ping.
            if case .pongDue = heartbeat { heartbeat = .pingDue(now + timing.pingInterval) }
            return []
        case .receivedClose:
            return end(.transportClose)
        case .joinedNamespace:
            connectDeadline = nil
            return []
        case .candidateAttached, .receivedProbe, .receivedUpgrade, .candidateFailed:
            return handleUpgrade(event, now: now)
        case .transportEnded(let reason):
            return end(reason)
        case .closeRequested(let reason, let isDrained):
            if isDrained { return finish(reason, now: now) }
            phase = .closing(reason, deadline: now + timing.closeTimeout)
            return upgrade == .none || upgrade == .done ? [] : [.refuseCandidate]
        case .drained:
            return []
        case .readingPaused:
            isReadingPaused = true
            return []
        case .readingResumed:
            isReadingPaused = false
            return []
        case .pollAttached:
            poll = .pending(releaseAt: timing.pollDuration.map { now + $0 })
            return []
        case .pollReleased:
            poll = timing.absenceTimeout.map { .absent(until: now + $0) } ?? .untracked
            return []
        case .deadlinePassed:
            return passDeadlines(now: now)
        }
    }

    /// Everything was sent: says that it is over, now or after the delay.
    private mutating func finish(_ reason: CloseReason, now: NIODeadline) -> [Action] {
        guard timing.closingDelay > .zero else { return [.sendClose(reason)] + end(reason) }
        phase = .lingering(reason, deadline: now + timing.closingDelay)
        return []
    }

    private mutating func handleUpgrade(_ event: Event, now: NIODeadline) -> [Action] {
        switch (event, upgrade) {
        case (.candidateAttached, .none):
            upgrade = .attached(deadline: now + timing.upgradeTimeout)
            return []
        case (.candidateAttached, _):
            return [.refuseCandidate]
        case (.receivedProbe, .attached(let deadline)):
            upgrade = .probing(deadline: deadline, nextRelease: now + timing.releaseInterval)
            return [.answerProbe]
        case (.receivedUpgrade, .probing):
            upgrade = .done
            return [.switchTransport]
        case (.candidateFailed, .attached), (.candidateFailed, .probing):
            upgrade = .none
            return []
        case (.candidateFailed, _):
            return []
        default:
            // Any other packet in any other order: the candidate goes, the session stays where it is.
            guard upgrade != .none, upgrade != .done else { return [] }
            upgrade = .none
            return [.refuseCandidate]
        }
    }

    /// What still matters on the way to the end; `last` is done when the time for it is over.
    private mutating func handleEnding(
        _ event: Event,
        _ reason: CloseReason,
        _ deadline: NIODeadline,
        last: [Action],
        now: NIODeadline
    ) -> [Action] {
        switch event {
        case .deadlinePassed: now >= deadline ? last + end(reason) : []
        case .receivedClose, .transportEnded: end(reason)
        case .candidateAttached: [.refuseCandidate]
        default: []
        }
    }

    private mutating func passDeadlines(now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        switch heartbeat {
        case .pingDue(let deadline) where now >= deadline:
            // Counted from when it was due, so that being a tick late doesn't add up; after a stall, from now.
            let sent = now - deadline < .milliseconds(100) ? deadline : now
            heartbeat = .pongDue(sent + timing.pingTimeout)
            actions.append(.sendPing)
        case .pongDue(let deadline) where now >= deadline:
            // While our own handlers keep us from reading, the pong may be waiting in the kernel: don't blame the peer.
            guard isReadingPaused else { return end(.pingTimeout) }
            heartbeat = .pongDue(now + timing.pingTimeout)
        case .peerPingDue(let deadline) where now >= deadline:
            guard isReadingPaused else { return end(.pingTimeout) }
            heartbeat = .peerPingDue(now + timing.pingTimeout)
        default:
            break
        }
        if let connectDeadline, now >= connectDeadline { return end(.forcedClose) }
        switch poll {
        case .absent(let deadline) where now >= deadline:
            return end(.transportClose)
        case .pending(let deadline?) where now >= deadline:
            poll = .pending(releaseAt: nil)
            actions.append(.releasePoll)
        default:
            break
        }
        switch upgrade {
        case .attached(let deadline) where now >= deadline, .probing(let deadline, _) where now >= deadline:
            upgrade = .none
            actions.append(.refuseCandidate)
        case .probing(let deadline, let nextRelease) where now >= nextRelease:
            upgrade = .probing(deadline: deadline, nextRelease: now + timing.releaseInterval)
            actions.append(.releasePoll)
        default:
            break
        }
        return actions
    }

    private mutating func end(_ reason: CloseReason) -> [Action] {
        let hadCandidate = upgrade != .none && upgrade != .done
        phase = .ended
        upgrade = .done
        heartbeat = .silent
        connectDeadline = nil
        poll = .untracked
        return hadCandidate ? [.refuseCandidate, .end(reason)] : [.end(reason)]
    }
}
