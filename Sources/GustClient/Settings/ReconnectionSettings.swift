/// Whether and when a client connects again after an attempt has failed or the connection was lost.
///
/// The delay doubles with each failure, up to ``maximumDelay``, and is varied at random, so that the clients of a server that has
/// restarted don't return all at once. It is the rule of socket.io-client, with its default values.
public struct ReconnectionSettings: Sendable, Hashable {
    /// Whether a client connects again by itself.
    public var isEnabled = true
    /// How often it tries before it gives up; nil for no limit.
    ///
    /// A connection over which the server has let a socket into its namespace begins to count anew. An error that no further attempt
    /// can mend, ``ClientError/unusableSetting(_:)``, ends the attempts at once.
    public var maximumAttempts: Int?
    /// The delay before the first attempt.
    public var delay = Duration.seconds(1)
    /// The longest delay.
    public var maximumDelay = Duration.seconds(5)
    /// By how much a delay is varied at random: 0.5 for a delay between 50 % and 150 %; from 0 to 1.
    public var jitter = 0.5

    /// Makes settings with the default values.
    public init() {}

    /// The delay before an attempt.
    ///
    /// - Parameters:
    ///   - attempt: the number of the attempt, from 1.
    ///   - random: a number from 0 to 1.
    /// - Returns: the delay.
    func delay(before attempt: Int, random: Double) -> Duration {
        let longest = max(.zero, maximumDelay)
        var delay = min(max(.zero, delay), longest)
        // A delay of 0 stays 0, and doubling ends at the longest delay, so that no number of attempts overflows.
        for _ in 1..<max(attempt, 1) where delay < longest && delay > .zero { delay = min(delay * 2, longest) }
        let jitter = min(max(jitter, 0), 1)
        return min(delay * (1 + jitter * (2 * random - 1)), longest)
    }
}
