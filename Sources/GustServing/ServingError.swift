/// An application can't be served in the way that was demanded.
public struct ServingError: Error, CustomStringConvertible {
    /// The reason.
    enum Problem: Sendable {
        /// The list of listeners is empty, or consists of inherited sockets and there are none.
        case noListeners
        /// Sockets were inherited, but none of this name; the others' names follow.
        case noSocket(named: String, among: [String])
        /// `LISTEN_FDS` isn't a number of descriptors.
        case socketCount(String)
        /// The address of a proxy is malformed; the text shows it.
        case proxy(String)
        /// The next process wasn't started; the text is the reason.
        case notStarted(String)
        /// The next process has ended before it listened; with its exit status, or the signal.
        case ended(status: CInt)
        /// The next process didn't listen in time.
        case notReady
    }

    let problem: Problem

    init(_ problem: Problem) { self.problem = problem }

    /// The reason.
    public var description: String {
        switch problem {
        case .noListeners:
            "nothing to listen on: there is no listener, and no socket was inherited (LISTEN_FDS)"
        case .noSocket(let name, let others):
            "no inherited socket is named \(name); LISTEN_FDNAMES has: \(others.joined(separator: ", "))"
        case .socketCount(let text):
            "LISTEN_FDS is not a number from 1 to \(ServiceEnvironment.maximumSockets): \(text)"
        case .proxy(let text): "\(text)"
        case .notStarted(let reason): "the next process can't be started: \(reason)"
        case .ended(let status):
            status & 0x7F == 0
                ? "the next process ended with status \(status >> 8 & 0xFF) before it listened"
                : "the next process was ended by signal \(status & 0x7F) before it listened"
        case .notReady: "the next process didn't listen in time"
        }
    }
}
