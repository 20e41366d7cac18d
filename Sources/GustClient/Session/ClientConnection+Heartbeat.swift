import GustWire
import NIOCore

/// The heartbeat: who is silent for too long has vanished.
extension ClientConnection {
    private static var shortestPingInterval: Duration { .milliseconds(100) }

    func beginHeartbeat() {
        guard let handshake = session?.handshake else { return }
        lastHeard = eventLoop.now
        awaitsPong = false
        switch settings.revision.heartbeat {
        case .serverPings: watch(handshake.pingInterval + handshake.pingTimeout)
        case .clientPings: ping(handshake)
        }
    }

    /// Ends the connection when nothing has been received for `time`.
    private func watch(_ time: Duration) {
        let silence = eventLoop.now - lastHeard
        let rest = Duration.nanoseconds(TimeAmount(time).nanoseconds - silence.nanoseconds)
        guard rest > .zero else { return fail(.pingTimeout) }
        heartbeat = schedule(in: rest) { connection in
            // While the program doesn't read, nothing can be heard.
            if connection.pauses > 0 { connection.lastHeard = connection.eventLoop.now }
            connection.watch(time)
        }
    }

    /// Sends a ping after the interval, and expects the pong within the timeout (Engine.IO 3).
    private func ping(_ handshake: Handshake) {
        // A server that tells no interval would be pinged as fast as it answers.
        let interval = max(handshake.pingInterval, Self.shortestPingInterval)
        heartbeat = schedule(in: interval) { connection in
            connection.awaitsPong = true
            connection.send(.ping(probe: false))
            connection.flushSoon()
            connection.heartbeat = connection.schedule(in: handshake.pingTimeout) { connection in
                // While the program doesn't read, the pong can't be received.
                guard connection.pauses > 0 else { return connection.fail(.pingTimeout) }
                connection.ping(handshake)
            }
        }
    }

    /// The server has answered the ping; the next one is due after another interval (engine.io-client 3.5, `setPing`).
    func receivedPong() {
        guard awaitsPong, let handshake = session?.handshake else { return }
        awaitsPong = false
        heartbeat?.cancel()
        ping(handshake)
    }
}
