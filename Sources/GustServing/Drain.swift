/// How a server stops without cutting off its clients, and without making all of them reconnect at once.
///
/// On `SIGTERM` or `SIGINT`, and after a restart, the server goes on for ``delay``, then it stops accepting. Each response announces the end of
/// its connection (`Connection: close`), and idle connections, streams and WebSockets are closed at random times within ``window``. Connections
/// that are open at ``deadline`` are closed at once. A second signal ends the server at once.
public struct Drain: Sendable {
    /// How long the server goes on as before, while ``Health`` says that it isn't ready, so that load balancers stop using it.
    public var delay: Duration
    /// The time in which the connections are closed one after the other; zero closes them at once.
    ///
    /// In its first half, at most two seconds, no connection is closed.
    public var window: Duration
    /// The longest time after ``delay`` for which connections are open.
    public var deadline: Duration

    /// Makes the settings of a drain.
    public init(delay: Duration = .zero, window: Duration = .seconds(5), deadline: Duration = .seconds(30)) {
        self.delay = delay
        self.window = window
        self.deadline = deadline
    }
}
