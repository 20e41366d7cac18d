import Foundation
import GustHTTP
public import GustSocketIO
import Synchronization

/// Who is in a room, with details of your own type, over all nodes of a cluster.
///
/// ```swift
/// struct Person: Codable, Sendable { var name: String }
///
/// let presence = Presence<Person>(of: io["/"])
/// io.onConnect { socket in
///     socket.on("join") { (room: String, person: Person) in
///         socket.join(room)
///         try presence.track(socket, in: room, as: person.name, person)
///     }
/// }
/// presence.onChange { change in
///     io.to(change.room).local.emit("people", presence.list(in: change.room).map(\.key))
/// }
/// ```
/// Each node has all members in memory, so ``list(in:)`` asks nobody. A node tells the others its own changes, in batches, and every
/// ``PresenceSettings/heartbeat`` that it lives; a change that was lost on the way is noticed by then and fetched. The members of a node that
/// was killed leave after three heartbeats. Without an adapter of a cluster there are only the members of this process.
///
/// All methods may be called from any thread. Make one value for each purpose, before the server runs, and keep it as long as the server.
public final class Presence<Details: Codable & Sendable>: Sendable {
    /// What is done outside of the lock, in the order in which it was found out.
    private struct Delivery {
        var changes: [PresenceChange<Details>] = []
        var isRunning = false
    }

    private struct Guarded {
        var state: PresenceState<Details>
        var delivery = Delivery()
        var listeners: [@Sendable (PresenceChange<Details>) -> Void] = []
        /// The sockets whose end removes their members.
        var watched: Set<ByteText> = []
        var isFlushScheduled = false
        var hasReportedOverflow = false
    }

    private let namespace: Namespace
    private let event: String
    private let settings: PresenceSettings
    private let clock: any Clock<Duration>
    private let guarded: Mutex<Guarded>
    private let heartbeat = Mutex<Task<Void, Never>?>(nil)

    /// Makes an empty presence, and asks the other nodes for their members.
    ///
    /// - Parameters:
    ///   - namespace: The namespace whose adapter connects the nodes.
    ///   - name: Tells several values of one namespace apart; the same on all nodes.
    ///   - settings: Times and bounds.
    ///   - clock: The clock of the heartbeats.
    public init(
        of namespace: Namespace,
        name: String = "presence",
        settings: PresenceSettings = PresenceSettings(),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.namespace = namespace
        self.settings = settings
        self.clock = clock
        event = "gust:\(name)"
        guarded = Mutex(Guarded(state: PresenceState(node: RandomText.make(12), settings)))
        namespace.onServerSide(event) { [weak self] (message: PresenceMessage<Details>) in
            self?.update { $0.receive(message) }
        }
        let beating = Task { [weak self, clock, interval = settings.heartbeat] in
            while (try? await clock.sleep(for: interval)) != nil {
                guard let self else { return }
                update { $0.beat() }
            }
        }
        heartbeat.withLock { $0 = beating }
        update { $0.begin() }
    }

    deinit {
        heartbeat.withLock { $0?.cancel() }
    }

    // MARK: Members of this node

    /// Makes a socket a member of a room until the socket disconnects or ``untrack(_:in:)-(Socket,_)``.
    ///
    /// Sockets with the same key in a room are one member, which leaves with its last socket: use the id of the user, or of the browser.
    /// If the socket is tracked in the room already, its key and its details are replaced. The socket needn't be in the room of the namespace.
    /// - Parameters:
    ///   - socket: The socket.
    ///   - room: The room.
    ///   - key: The name of the member, at most ``PresenceSettings/maximumNameLength`` bytes, as the room.
    ///   - details: What the others may know about the member; it is sent to all nodes as JSON.
    /// - Throws: ``PresenceError`` if a bound is reached.
    public func track(_ socket: Socket, in room: String, as key: String, _ details: Details) throws(PresenceError) {
        try track(socket.id, in: room, as: key, details)
        let isNew = guarded.withLock { $0.watched.insert(ByteText(socket.id)).inserted }
        guard isNew else { return }
        socket.whenOver { [weak self, id = socket.id] in
            guard let self else { return }
            _ = guarded.withLock { $0.watched.remove(ByteText(id)) }
            untrack(id)
        }
    }

    /// Makes something other than a socket a member of a room until ``untrack(_:in:)-(String,_)``, such as a user who reads a page.
    ///
    /// - Parameters:
    ///   - id: Names the member's connection on this node.
    ///   - room: The room.
    ///   - key: The name of the member.
    ///   - details: What the others may know about the member.
    /// - Throws: ``PresenceError`` if a bound is reached.
    public func track(_ id: String, in room: String, as key: String, _ details: Details) throws(PresenceError) {
        guard max(room.utf8.count, key.utf8.count) <= settings.maximumNameLength else { throw .nameTooLong }
        let since = Int((Date().timeIntervalSince1970 * 1_000).rounded(.down))
        var isFull = false
        update { state in
            guard let outcome = state.track(id, in: room, as: key, details, since: since) else {
                isFull = true
                return PresenceOutcome()
            }
            return outcome
        }
        if isFull { throw .tooManyMembers }
    }

    /// Ends the membership of a socket in a room, or in all rooms if `room` is nil.
    public func untrack(_ socket: Socket, in room: String? = nil) { untrack(socket.id, in: room) }

    /// Ends the membership of something that was tracked by ``track(_:in:as:_:)-(String,_,_,_)``.
    public func untrack(_ id: String, in room: String? = nil) {
        update { $0.untrack(id, in: room) }
    }

    // MARK: Members of all nodes

    /// The members of a room on all nodes, in the order in which they came; a collection with a number that tells which of two lists is newer.
    public func list(in room: String) -> PresenceList<Details> { guarded.withLock { $0.state.list(in: room) } }

    /// The number of members of a room on all nodes.
    public func count(in room: String) -> Int { guarded.withLock { $0.state.count(in: room) } }

    /// The rooms that have members, in no order.
    public var rooms: [String] { guarded.withLock { $0.state.rooms } }

    /// Calls `body` with each change of the members of a room, on every node.
    ///
    /// The calls are made one after the other, in the order of the changes, on one loop of the server; `body` must not block. Events that
    /// `body` sends reach each client in this order. ``list(in:)`` may have later changes already.
    public func onChange(_ body: @escaping @Sendable (PresenceChange<Details>) -> Void) {
        guarded.withLock { $0.listeners.append(body) }
    }

    // MARK: Effects

    /// Changes the state, then sends and delivers what follows.
    private func update(_ change: (inout PresenceState<Details>) -> PresenceOutcome<Details>) {
        let (outcome, schedules, reports) = guarded.withLock { guarded in
            let outcome = change(&guarded.state)
            guarded.delivery.changes += outcome.changes
            let schedules = guarded.state.hasUnsentChanges && !guarded.isFlushScheduled
            if schedules { guarded.isFlushScheduled = true }
            let reports = outcome.isOverfull && !guarded.hasReportedOverflow
            if reports { guarded.hasReportedOverflow = true }
            return (outcome, schedules, reports)
        }
        for message in outcome.messages { namespace.serverSideEmit(event, message) }
        if reports { namespace.report(PresenceError.tooManyMembers, in: event) }
        if schedules { scheduleFlush() }
        if !outcome.changes.isEmpty { namespace.runInOrder { self.deliver() } }
    }

    private func scheduleFlush() {
        Task { [weak self, clock, delay = settings.batchTime] in
            // Nothing cancels this task.
            do { try await clock.sleep(for: delay) } catch { return }
            guard let self else { return }
            guarded.withLock { $0.isFlushScheduled = false }
            update { PresenceOutcome(messages: $0.flush()) }
        }
    }

    /// Calls the listeners, unless another thread does: it takes the changes of this one too.
    private func deliver() {
        while true {
            let work = guarded.withLock {
                guarded -> ([PresenceChange<Details>], [@Sendable (PresenceChange<Details>) -> Void])? in
                guard !guarded.delivery.isRunning, !guarded.delivery.changes.isEmpty else { return nil }
                guarded.delivery.isRunning = true
                defer { guarded.delivery.changes = [] }
                return (guarded.delivery.changes, guarded.listeners)
            }
            guard let (changes, listeners) = work else { return }
            for change in changes {
                for listener in listeners { listener(change) }
            }
            guarded.withLock { $0.delivery.isRunning = false }
        }
    }
}
