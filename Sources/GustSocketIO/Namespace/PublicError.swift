public import GustHTTP
import GustWire

/// An error whose text is sent to the client.
///
/// The text of any other error that user code throws isn't sent to the client, because it may contain a secret, such as
/// the address of a database.
///
/// ```swift
/// enum ChatError: PublicError {
///     case nameIsTaken
///     var publicText: String { "somebody else is called that" }
/// }
/// socket.on("join") { (name: String) throws in throw ChatError.nameIsTaken }
/// ```
public protocol PublicError: Error {
    /// The text that is sent to the client: as `error` of the acknowledgement, or as the message of `connect_error`.
    var publicText: String { get }
}

extension Error {
    /// The text that is sent to a client: that of a ``PublicError``, and `text` for any other error.
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
    /// The type that was expected, and the value that was received instead.
    public var publicText: String { description }
}
