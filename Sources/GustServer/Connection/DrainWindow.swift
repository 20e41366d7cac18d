import NIOCore

/// The time in which the connections of a server that stops are closed, one after the other.
struct DrainWindow {
    private let times: ClosedRange<NIODeadline>

    /// The window of length `window` that begins at `start`.
    ///
    /// In its first half, at most two seconds, no connection is closed: a client whose connection was in use then sends its next request,
    /// and the response announces the end of the connection. A connection that is closed later was idle for this time.
    init(from start: NIODeadline, _ window: TimeAmount) {
        let quiet = TimeAmount.nanoseconds(min(2_000_000_000, window.nanoseconds / 2))
        times = (start + quiet)...(start + max(quiet, window))
    }

    /// A time in the window at which a connection is closed.
    var randomTime: NIODeadline {
        let length = (times.upperBound - times.lowerBound).nanoseconds
        return times.lowerBound + .nanoseconds(.random(in: 0...max(0, length)))
    }
}
