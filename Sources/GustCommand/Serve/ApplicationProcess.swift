import GustControl

/// A process of the application, and the channel to it.
final class ApplicationProcess {
    let process: ChildProcess
    let channel: ControlChannel
    private var reader = ControlReader()
    /// Whether it has opened its sockets and waits.
    var isReady = false
    /// When it is killed, if it has been asked to end.
    var deadline: ContinuousClock.Instant?
    private(set) var isConnected = true

    init(_ program: ApplicationProgram, _ arguments: [String], _ socket: CInt) throws {
        guard let (channel, other) = ControlChannel.pair() else {
            throw CommandError("can't make a pair of sockets")
        }
        self.channel = channel
        defer { other.close() }
        process = try ChildProcess(
            [program.path] + arguments,
            variables: [
                "GUST_MODE=development", "\(ControlChannel.commandVariable)=serve",
                "\(ControlChannel.variable)=4",
                "LISTEN_FDS=1", "LISTEN_FDNAMES=gust",
            ],
            descriptors: [3: socket, 4: other.descriptor]
        )
    }

    deinit { channel.close() }

    /// The messages that have come.
    func receive() -> [ControlMessage] {
        guard isConnected else { return [] }
        guard let messages = channel.receive(&reader) else {
            isConnected = false
            return []
        }
        return messages
    }
}
