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

extension HTTPError: PublicError {
    /// The message.
    public var publicText: String { message }
}
