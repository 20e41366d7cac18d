public import GustHTTP
public import GustWire

/// An error that says to the client what it did wrong.
///
/// Of any other error that user code throws the client reads nothing, because nobody knows whether its text holds a secret,
/// such as the address of a database.
///
/// ```swift
/// enum ChatError: PublicError {
///     case nameIsTaken
///     var publicText: String { "somebody else is called that" }
/// }
/// socket.on("join") { (name: String) throws in throw ChatError.nameIsTaken }
/// ```
public protocol PublicError: Error {
    /// What the client reads: the acknowledgement's `error`, or the message of its `connect_error`.
    var publicText: String { get }
}

extension Error {
    /// What a client reads of this error: `text`, unless the error speaks for itself.
    func publicText(otherwise text: String) -> String {
        (self as? any PublicError)?.publicText ?? text
    }
}

extension ConnectError: PublicError {
    /// The message.
    public var publicText: String { message }
}

extension HTTPError: PublicError {
    /// The message.
    public var publicText: String { message }
}

extension ArgumentError: PublicError {
    /// What was expected, and what came instead.
    public var publicText: String { description }
}
