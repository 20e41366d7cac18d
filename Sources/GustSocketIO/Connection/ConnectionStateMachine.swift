import GustWire
import NIOCore

/// The life of one connection, decided without I/O: opening, heartbeat, probe and upgrade, closing.
///
/// A pure value: it gets events with the time and returns actions. Messages don't change the state, so they aren't passed to it and
/// cost nothing.
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
        /// A poll is pending, or no poll is pending any more.
        case pollAttached, pollReleased
        case deadlinePassed
    }

    /// What the connection must do.
    enum Action: Equatable {
        case sendPing, sendPong
        /// Answer the probe on the candidate.
        case answerProbe
        /// End a pending poll with a noop, so that the client can finish its upgrade.
        case releasePoll
        /// The candidate becomes the transport.
        case switchTransport
        case refuseCandidate
        /// Send the close packet; everything before it has been sent.
        case sendClose(CloseReason)
        /// End the connection: disconnect its sockets and free its resources.
        case end(CloseReason)
    }

    private enum Phase: Equatable {
        case idle
        case open
        case closing(CloseReason)
        /// Everything has been sent, and the close packet is delayed.
        case lingering(CloseReason)
        case ended
    }

    private enum Upgrade: Equatable {
        case none
        // Indirect, because few connections are upgrading at a time: the value is one word.
        indirect case attached(deadline: NIODeadline)
        indirect case probing(deadline: NIODeadline, nextRelease: NIODeadline)
        case done
    }

    private enum Poll: Equatable {
        case untracked
        /// `releaseAt` is the distant future if the poll may stay pending for any time.
        case pending(releaseAt: NIODeadline)
        case absent(until: NIODeadline)
    }

    private enum Heartbeat: Equatable {
        case silent
        case pingDue(NIODeadline)
        case pongDue(NIODeadline)
        case peerPingDue(NIODeadline)
    }

    private let sharedTiming: SharedTiming
    /// The deadline of the phase: for CONNECT while the connection is open, then for the end; the distant future if there is none.
    private var phaseDeadline = NIODeadline.distantFuture
    private var upgrade = Upgrade.none
    private var heartbeat = Heartbeat.silent
    private var phase = Phase.idle
    let direction: Revision.HeartbeatDirection
    private var isReadingPaused = false
    /// The deadline of the pending poll, after which it is answered with a noop; while no poll is pending, that of the session.
    private var poll = Poll.untracked

    /// Makes the state machine of a connection that isn't open; connections of one kind share their timing.
    init(timing: SharedTiming, direction: Revision.HeartbeatDirection) {
        sharedTiming = timing
        self.direction = direction
    }

    private var timing: Timing { sharedTiming.timing }

    /// Whether packets are exchanged.
    var isOpen: Bool { phase == .open }

    /// Whether the connection has ended.
    var hasEnded: Bool { phase == .ended }

    /// Whether a candidate may be attached: the connection is open, has no candidate and hasn't upgraded.
    var canUpgrade: Bool { isOpen && upgrade == .none }

    /// When ``Event/deadlinePassed`` must be passed to ``handle(_:now:)``; nil if there is no deadline.
    var nextDeadline: NIODeadline? {
        switch phase {
        case .idle, .ended: return nil
        case .closing, .lingering: return phaseDeadline
        case .open: break
        }
        var next = phaseDeadline
        switch heartbeat {
        case .silent: break
        case .pingDue(let deadline), .pongDue(let deadline), .peerPingDue(let deadline): next = min(next, deadline)
        }
        switch upgrade {
        case .none, .done: break
        case .attached(let deadline): next = min(next, deadline)
        case .probing(let deadline, let nextRelease): next = min(next, deadline, nextRelease)
        }
        switch poll {
        case .pending(let deadline), .absent(let deadline): next = min(next, deadline)
        case .untracked: break
        }
        return next == .distantFuture ? nil : next
    }

    /// Handles one event and returns the actions, in order.
    mutating func handle(_ event: Event, now: NIODeadline) -> [Action] {
        switch phase {
        case .ended: event == .candidateAttached ? [.refuseCandidate] : []
        case .closing(let reason) where event == .drained: finish(reason, now: now)
        case .closing(let reason): handleEnding(event, reason, last: [], now: now)
        case .lingering(let reason): handleEnding(event, reason, last: [.sendClose(reason)], now: now)
        case .idle: event == .opened ? open(now: now) : []
        case .open: handleOpen(event, now: now)
        }
    }

    private mutating func open(now: NIODeadline) -> [Action] {
        phase = .open
        phaseDeadline = now + timing.connectTimeout
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
            // Without a heartbeat on this transport, a pong is ignored.
            guard timing.hasHeartbeat else { return [] }
            guard direction != .clientPings else { return end(.transportError) }
            // A pong without a ping is ignored, so that it doesn't postpone the next ping.
            if case .pongDue = heartbeat { heartbeat = .pingDue(now + timing.pingInterval) }
            return []
        case .receivedClose:
            return end(.transportClose)
        case .joinedNamespace:
            phaseDeadline = .distantFuture
            return []
        case .candidateAttached, .receivedProbe, .receivedUpgrade, .candidateFailed:
            return handleUpgrade(event, now: now)
        case .transportEnded(let reason):
            return end(reason)
        case .closeRequested(let reason, let isDrained):
            if isDrained { return finish(reason, now: now) }
            phase = .closing(reason)
            phaseDeadline = now + timing.closeTimeout
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
            poll = .pending(releaseAt: timing.pollDuration.map { now + $0 } ?? .distantFuture)
            return []
        case .pollReleased:
            poll = timing.absenceTimeout.map { .absent(until: now + $0) } ?? .untracked
            return []
        case .deadlinePassed:
            return passDeadlines(now: now)
        }
    }

    /// Ends the connection with a close packet, at once or after the closing delay, because everything has been sent.
    private mutating func finish(_ reason: CloseReason, now: NIODeadline) -> [Action] {
        guard timing.closingDelay > .zero else { return [.sendClose(reason)] + end(reason) }
        phase = .lingering(reason)
        phaseDeadline = now + timing.closingDelay
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
            // After any other packet, or in another order, the candidate is refused and the session keeps its transport.
            guard upgrade != .none, upgrade != .done else { return [] }
            upgrade = .none
            return [.refuseCandidate]
        }
    }

    /// Handles an event while the connection is being closed; the actions `last` are returned when the deadline has passed.
    private mutating func handleEnding(
        _ event: Event,
        _ reason: CloseReason,
        last: [Action],
        now: NIODeadline
    ) -> [Action] {
        switch event {
        case .deadlinePassed: now >= phaseDeadline ? last + end(reason) : []
        case .receivedClose, .transportEnded: end(reason)
        case .candidateAttached: [.refuseCandidate]
        default: []
        }
    }

    private mutating func passDeadlines(now: NIODeadline) -> [Action] {
        var actions: [Action] = []
        switch heartbeat {
        case .pingDue(let deadline) where now >= deadline:
            // The time counts from the deadline, so that the delays of ticks don't add up; after a longer delay it counts from now.
            let sent = now - deadline < .milliseconds(100) ? deadline : now
            heartbeat = .pongDue(sent + timing.pingTimeout)
            actions.append(.sendPing)
        case .pongDue(let deadline) where now >= deadline:
            // While reading is paused, the pong may be in the receive buffer of the kernel, so the connection isn't ended.
            guard isReadingPaused else { return end(.pingTimeout) }
            heartbeat = .pongDue(now + timing.pingTimeout)
        case .peerPingDue(let deadline) where now >= deadline:
            guard isReadingPaused else { return end(.pingTimeout) }
            heartbeat = .peerPingDue(now + timing.pingTimeout)
        default:
            break
        }
        if now >= phaseDeadline { return end(.forcedClose) }
        switch poll {
        case .absent(let deadline) where now >= deadline:
            return end(.transportClose)
        case .pending(let deadline) where now >= deadline:
            poll = .pending(releaseAt: .distantFuture)
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
        poll = .untracked
        return hadCandidate ? [.refuseCandidate, .end(reason)] : [.end(reason)]
    }
}
