/// An error of a test client.
public enum TestError: Error, Sendable, Equatable {
    /// The text isn't a request target.
    case invalidTarget(String)
    /// The server refused the request; the response is the value.
    case refused(TestResponse)
    /// A condition, described by the text, didn't become true within thirty seconds of real time.
    case timedOut(String)
    /// The connection is closed.
    case closed
    /// The server sent something unexpected; the text describes it.
    case unexpected(String)
}
