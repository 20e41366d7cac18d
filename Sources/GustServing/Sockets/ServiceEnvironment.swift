import GustHTTP

/// What a service manager, or the previous process of a restart, has handed to this process in environment variables.
///
/// Sources: `sd_listen_fds(3)`, `sd_notify(3)`, `sd_watchdog_enabled(3)` of systemd 252.
struct ServiceEnvironment: Sendable {
    /// The first inherited descriptor (`SD_LISTEN_FDS_START`).
    static let firstDescriptor: CInt = 3
    static let maximumSockets = 256
    /// The variables that a process of this server must not inherit by accident.
    static let names = [
        "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID", "NOTIFY_SOCKET", "WATCHDOG_PID",
        "WATCHDOG_USEC",
        parentName, channelName,
    ]
    /// The process that has started this one by a restart: a process that is spawned can't get its own number in `LISTEN_PID`.
    static let parentName = "GUST_PARENT_PID"
    /// The descriptor of the connection to that process.
    static let channelName = "GUST_HANDOVER_FD"

    /// The sockets, in their order.
    var sockets: [InheritedSocket] = []
    var notifySocket: String?
    /// How often the watchdog wants a message; nil without a watchdog.
    var watchdogMicroseconds: Int?
    /// The connection to the previous process; nil unless this process was started by a restart.
    var predecessor: HandoverChannel?

    /// How often a message is sent to the watchdog: twice in its time.
    var watchdogInterval: Duration? { watchdogMicroseconds.map { .microseconds(max(1_000, $0 / 2)) } }

    init() {}

    /// Reads the variables by `variable`, for the process `process`, whose parent is `parent`.
    ///
    /// Sockets for another process are ignored.
    /// - Throws: ``ServingError`` if `LISTEN_FDS` isn't a number.
    init(process: Int, parent: Int, _ variable: (String) -> String?) throws(ServingError) {
        notifySocket = variable("NOTIFY_SOCKET").flatMap { $0.utf8.isEmpty ? nil : $0 }
        if let microseconds = variable("WATCHDOG_USEC").flatMap({ Int($0) }), microseconds > 0,
            variable("WATCHDOG_PID").map({ Int($0) == process }) ?? true
        {
            watchdogMicroseconds = microseconds
        }
        let isSuccessor = variable(Self.parentName).flatMap { Int($0) } == parent
        if isSuccessor {
            predecessor = variable(Self.channelName).flatMap { CInt($0) }.map { HandoverChannel(inherited: $0) }
        }
        guard isSuccessor || variable("LISTEN_PID").flatMap({ Int($0) }) == process else { return }
        guard let text = variable("LISTEN_FDS") else { return }
        guard let count = Int(text), (1...Self.maximumSockets).contains(count) else {
            throw ServingError(.socketCount(text))
        }
        let names = variable("LISTEN_FDNAMES").map { $0[...].pieces(on: UInt8(ascii: ":")).map { String($0) } } ?? []
        sockets = (0..<count).map { index in
            let name = index < names.count && !names[index].utf8.isEmpty ? names[index] : "unknown"
            return InheritedSocket(descriptor: Self.firstDescriptor + CInt(index), name: name)
        }
    }

    /// Tells the previous process that this one can accept, and waits until the previous one has paused, or has ended.
    func takeOver() async {
        guard let predecessor else { return }
        predecessor.tell(.ready)
        _ = await predecessor.receive(.go, until: .now + .seconds(10))
    }

    /// Tells the previous process that this one accepts.
    func endTakeover() {
        predecessor?.tell(.accepting)
        predecessor?.close()
    }
}
