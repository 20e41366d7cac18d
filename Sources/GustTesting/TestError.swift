/// Why a test client can't go on.
public enum TestError: Error, Sendable {
    /// The text isn't a request target.
    case invalidTarget(String)
    /// The handler answered something else than what was asked for.
    case refused(TestResponse)
    /// What was waited for didn't come within ten seconds of real time.
    case timedOut(String)
    /// The server's end is closed, or the connection broke off.
    case closed
    /// The server said something unexpected.
    case unexpected(String)
}
