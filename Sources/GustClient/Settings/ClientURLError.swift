/// A URL that a client can't use.
public struct ClientURLError: Error, Sendable, CustomStringConvertible {
    /// The URL as it was given.
    public let url: String
    /// What is wrong with it.
    public let reason: String

    init(_ url: String, _ reason: String) {
        self.url = url
        self.reason = reason
    }

    /// The URL, and what is wrong with it.
    public var description: String { "\(url) isn't the URL of a server: \(reason)" }
}
