import NIOCore
import Synchronization

/// What other threads want a client to do on its loop: one hop for everything that is added while the loop is busy.
final class LoopMailbox: Sendable {
    /// Something to do.
    enum Item: Sendable {
        case send(ClientSocket, Outgoing)
        case run(@Sendable () -> Void)
    }

    private struct State {
        var items: [Item] = []
        var bytes = 0
        /// Whether the loop will drain the mailbox in any case.
        var isScheduled = false
    }

    private let state = Mutex(State())
    private let isEmptied = Atomic<Bool>(true)
    private let eventLoop: any EventLoop
    private let maximumBytes: Int

    init(_ eventLoop: any EventLoop, maximumBytes: Int) {
        self.eventLoop = eventLoop
        self.maximumBytes = maximumBytes
    }

    /// Whether nothing waits.
    ///
    /// The loop sees what a thread has added before it caused something, when what it has caused reaches the loop.
    var isEmpty: Bool { isEmptied.load(ordering: .acquiring) }

    /// Adds something to send; false if more bytes would wait than allowed.
    func add(_ outgoing: Outgoing, of socket: ClientSocket, _ drain: @escaping @Sendable () -> Void) -> Bool {
        // An item without a byte costs memory too.
        let weight = outgoing.weight + 64
        return add(.send(socket, outgoing), weight, drain)
    }

    /// Adds something to do, in order with what is sent.
    func add(_ body: @escaping @Sendable () -> Void, _ drain: @escaping @Sendable () -> Void) {
        _ = add(.run(body), 0, drain)
    }

    private func add(_ item: Item, _ weight: Int, _ drain: @escaping @Sendable () -> Void) -> Bool {
        let (isAdded, schedules) = state.withLock { state -> (Bool, Bool) in
            // One event that is larger than the bound may wait alone; the transport's own bound decides about it.
            guard weight == 0 || state.bytes == 0 || weight <= maximumBytes - state.bytes else { return (false, false) }
            state.items.append(item)
            state.bytes += weight
            isEmptied.store(false, ordering: .releasing)
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        if schedules { eventLoop.execute(drain) }
        return isAdded
    }

    /// The loop has begun to drain the mailbox: what is added from now on asks for it again.
    func beginDraining() { state.withLock { $0.isScheduled = false } }

    /// Removes everything; called on the loop.
    func takeAll() -> [Item] {
        state.withLock { state in
            defer { (state.items, state.bytes) = ([], 0) }
            isEmptied.store(true, ordering: .releasing)
            return state.items
        }
    }
}
