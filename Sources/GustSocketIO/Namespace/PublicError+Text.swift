public import GustHTTP
import GustWire

extension Error {
    /// The text that is sent to a client: that of a `PublicError`, and `text` for any other error.
    func publicText(otherwise text: String) -> String {
        (self as? any PublicError)?.publicText ?? text
    }
}

extension ConnectError: PublicError {
    /// The message.
    public var publicText: String { message }
}

extension ArgumentError: PublicError {
    /// The type that was expected, and the value that was received instead.
    public var publicText: String { description }
}
