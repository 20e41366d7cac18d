import GustHTTP
import GustWire

/// What a client may read of an error that user code threw.
///
/// Errors that are made for the other end say what they say; of any other nobody knows whether it holds a secret, such as
/// the address of a database. `HTTPError` and every other error are told apart in the same way by the HTTP server.
enum PublicErrorText {
    static func text(of error: any Error, otherwise text: String) -> String {
        switch error {
        case let error as ConnectError: error.message
        case let error as HTTPError: error.message
        case let error as ArgumentError: error.description
        case let error as SocketError: "\(error)"
        default: text
        }
    }
}
