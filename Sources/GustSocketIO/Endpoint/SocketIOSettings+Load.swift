extension SocketIOSettings {
    /// The load beyond which handshakes are refused, so that the clients that are connected stay served.
    ///
    /// A refused handshake is answered 503 and counted in ``SocketIOStatistics/refusedConnections``, as `lag` or `memory`.
    public struct LoadLimits: Sendable {
        /// How late an event loop may run its timers before it accepts no further connections; nil for no limit.
        ///
        /// A loop is late while handlers block it, or while it has more work than one core can do; each further client makes it later.
        /// The loops of a healthy server are late by milliseconds, so the default refuses nobody there. It is far below
        /// ``SocketIOSettings/pingTimeout``, so it takes effect before heartbeats time out. The limit applies to the loop of the
        /// request, and ends when the loop is in time again.
        public var maximumLag: Duration? = .seconds(2)
        /// How many bytes of memory the process may have in use before it accepts no further connections; nil, the default, for no limit.
        ///
        /// This is the resident memory, which is read at most once a second, on Linux only; on other systems there is no limit.
        public var maximumMemory: Int?
        /// Reads the memory of the process, in bytes.
        package var memory: @Sendable () -> Int? = { ResidentMemory.current }
        /// How many seconds a refused client is asked to wait (`Retry-After`).
        ///
        /// At random, so that clients that are refused together don't return together.
        package var retryDelay: @Sendable () -> Int = { .random(in: 5...15) }

        /// Makes limits with the default values.
        public init() {}
    }
}
