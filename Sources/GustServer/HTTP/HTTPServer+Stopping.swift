import GustHTTP
import Logging
import NIOCore
import ServiceLifecycle

/// Stopping.
extension HTTPServer {
    /// Waits until the service group shuts down, the task is cancelled, or a listener has ended by itself.
    func waitForStop(_ listeners: [any Channel]) async {
        let (stops, stop) = AsyncStream.makeStream(of: Void.self)
        for listener in listeners { listener.closeFuture.whenComplete { _ in stop.finish() } }
        await withTaskCancellationOrGracefulShutdownHandler {
            for await _ in stops {}
        } onCancelOrGracefulShutdown: {
            stop.finish()
        }
    }

    /// Stops accepting, completes the requests in progress until the deadline, then closes the remaining connections.
    func stop(_ listeners: [any Channel], _ loops: [LoopContext], _ extensions: [RunningExtension]) async {
        configuration.drain.onStopping?()
        if configuration.drain.delay > .zero { try? await Task.sleep(for: configuration.drain.delay) }
        await stopAccepting(listeners, loops)
        let start = ContinuousClock.now
        let deadline = start + configuration.shutdownTimeout
        let window = min(configuration.drain.window, configuration.shutdownTimeout)
        if window > .zero {
            shared.handler.beginDraining(over: window)
            for loop in loops { loop.executor.eventLoop.execute { loop.beginDraining(over: TimeAmount(window)) } }
            await waitForConnections(until: start + window)
        }
        // Until here, other nodes reach the connections that live on this one.
        await stop(extensions)
        shared.handler.shutDown()
        for loop in loops { loop.executor.eventLoop.execute { loop.beginShutdown() } }
        await waitForConnections(until: deadline)
        if admission.count > 0 {
            logger.info("closing connections at the shutdown deadline", metadata: ["count": "\(admission.count)"])
            admission.closeAll()
        }
        await end(extensions)
        await settle(loops)
        // Work that waits for a deadline or for a client to reconnect is ended, because neither can happen any more.
        for loop in loops { loop.executor.eventLoop.execute { loop.executor.stop() } }
        await settle(loops)
    }

    /// Closes the listeners, and loses no connection that has been accepted.
    private func stopAccepting(_ listeners: [any Channel], _ loops: [LoopContext]) async {
        // SwiftNIO closes a connection whose handlers are being added when its listener is closed.
        for listener in listeners { try? await listener.setOption(.autoRead, value: false).get() }
        await settle(loops)
        sockets.end()
        for listener in listeners { try? await listener.close().get() }
    }

    /// Waits for the end of all connections; returns at once if the task is cancelled.
    private func waitForConnections(until deadline: ContinuousClock.Instant) async {
        while admission.count > 0, ContinuousClock.now < deadline {
            do { try await Task.sleep(for: .milliseconds(20)) } catch { return }
        }
    }

    /// Waits, while all loops still run, for work that connections posted to other loops when they ended.
    private func settle(_ loops: [LoopContext]) async {
        // Four rounds are enough for a post to another loop, its reply, and a post that the reply causes.
        for _ in 0..<4 {
            for loop in loops {
                await withCheckedContinuation { continuation in
                    loop.executor.eventLoop.execute { continuation.resume() }
                }
            }
        }
    }
}
