import GustAdapter
import GustHTTP
import NIOCore
import Synchronization

/// Shutting a server down.
extension SocketIO {
    /// Closes all connections because the server shuts down, and refuses new ones.
    ///
    /// The application calls it on shutdown.
    public func close() {
        isShuttingDown.store(true, ordering: .releasing)
        announced.removeAll()
        persistLostSockets { [connections, registry] in
            connections.whenEmpty { registry.close() }
        }
        for connection in connections.all {
            connection.run { $0.close(.serverShuttingDown) }
        }
        // Some connections wait for their next poll or delay their end. They are ended when their loop stops.
        for shard in shards.all {
            shard.executor.whenStopping { [weak self] in
                for connection in self?.connections.all ?? [] where connection.isOnLoop {
                    connection.transportEnded(.serverShuttingDown)
                }
            }
        }
    }

    /// Closes the connections at random times in the second half of `window`, because the server will stop, and refuses new ones.
    ///
    /// A client that is refused has come over a TCP connection from before. It comes again over another one, to a server that goes on.
    func drain(over window: Duration) {
        isDraining.store(true, ordering: .releasing)
        let length = TimeAmount(window).nanoseconds
        for connection in connections.all {
            connection.run { connection in
                let delay = TimeAmount.nanoseconds(.random(in: length / 2...max(length / 2, length)))
                connection.shard.eventLoop.scheduleTask(in: delay) { [weak connection] in
                    connection?.run { $0.close(.serverShuttingDown) }
                }
            }
        }
    }

    /// Gives the sockets that have lost their connection to the adapters, so that their clients can return on other nodes.
    private func persistLostSockets(_ completion: @escaping @Sendable () -> Void) {
        let lost = settings.adapter == nil ? [] : recoverable.all
        let pending = PendingReplies(completion)
        for socket in lost {
            socket.run { socket in
                if socket.isLost {
                    socket.namespace.adapter.persist(socket.sessionToContinue, isKept: false)
                    socket.forget()
                }
                pending.answer()
            }
        }
        pending.asked(lost.count)
    }

    /// Whether the server is shutting down.
    var isClosing: Bool { isShuttingDown.load(ordering: .acquiring) }

    /// Closes all connections because the server shuts down, refuses new ones, and returns when all have ended.
    ///
    /// The clients get what was sent to them before, and ``CloseReason/serverShuttingDown`` is the reason that handlers get. A
    /// connection has ended when the handlers of its sockets have been called; async handlers are cancelled. Connections that
    /// are open after `time` end at once, as if they had been lost. Further calls wait in the same way. The call also returns
    /// when its task is cancelled.
    ///
    /// ```swift
    /// let isComplete = await io.close(within: .seconds(10))
    /// ```
    /// - Parameter time: how long the connections may take.
    /// - Returns: whether all connections ended in this time.
    @discardableResult
    public func close(within time: Duration) async -> Bool {
        close()
        let ending = AwaitedEnd()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                ending.wait(continuation)
                connections.whenEmpty { ending.finish(true) }
                guard let loop = shards.all.first?.eventLoop else { return }
                ending.setDeadline(
                    loop.scheduleTask(in: TimeAmount(time)) {
                        // Before the connections end, so that the result isn't that they have ended by themselves.
                        ending.finish(false)
                        for connection in self.connections.all {
                            connection.run { $0.transportEnded(.serverShuttingDown) }
                        }
                    }
                )
            }
        } onCancel: {
            ending.finish(false)
        }
    }
}
