/// Replaces a server by a new process without losing a request: on `SIGUSR2`, or by ``request()``.
///
/// The server starts the next process, which inherits the listening sockets in the way of systemd's `LISTEN_FDS`. When the next process listens,
/// this one stops accepting and drains (``Drain``): connections that wait in the queue of a socket are accepted by the next process. If the next
/// process ends or doesn't listen in time, this one goes on, and logs the reason.
///
/// The next process must be served by `Application.run(on:_:)` too. It finds its sockets by the addresses of its listeners, so the list of
/// listeners can change.
///
/// ```swift
/// settings.restart = Restart()
/// ```
public final class Restart: Sendable {
    /// The path of the program; nil means the program of this process, by the path it was started by.
    let executable: String?
    /// The arguments after the name of the program; nil means those of this process.
    let arguments: [String]?
    let timeout: Duration
    let requests: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    /// Makes the settings of a restart, for one server.
    ///
    /// - Parameters:
    ///   - executable: The path of the program; nil means the path by which this process was started, where a new version may lie.
    ///   - arguments: The arguments after the name of the program; nil means those of this process.
    ///   - timeout: The time in which the next process must listen.
    public init(executable: String? = nil, arguments: [String]? = nil, timeout: Duration = .seconds(30)) {
        self.executable = executable
        self.arguments = arguments
        self.timeout = timeout
        // A request during a restart is that restart.
        (requests, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Restarts the server, as `SIGUSR2` does; returns at once, from any thread.
    public func request() { continuation.yield() }
}
