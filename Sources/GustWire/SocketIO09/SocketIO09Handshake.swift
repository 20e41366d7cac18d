import NIOCore

/// The answer to a 0.9 handshake: `<sid>:<heartbeat timeout>:<close timeout>:<transports>`.
enum SocketIO09Handshake {
    /// Both times are whole seconds, at least 1: the client makes a timer of 0 ms of anything less.
    ///
    /// The client closes when it has received nothing for either time, so neither may be shorter than the time between two
    /// heartbeats.
    static func reply(to handshake: Handshake) -> ByteBuffer {
        let interval = handshake.pingInterval
        let heartbeat = handshake.pingTimeout > interval ? handshake.pingTimeout : interval + handshake.pingTimeout
        let close = handshake.closeTimeout > interval ? handshake.closeTimeout : heartbeat
        return ByteBuffer(
            string: "\(handshake.sid):\(seconds(heartbeat)):\(seconds(close)):"
                + handshake.transports.joined(separator: ",")
        )
    }

    private static func seconds(_ duration: Duration) -> Int {
        max(1, (duration.milliseconds + 999) / 1_000)
    }
}
