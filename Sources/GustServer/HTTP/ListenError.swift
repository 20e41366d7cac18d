import NIOCore

/// The server can't listen on an address: it is in use, isn't an address of this machine, or needs privileges.
public struct ListenError: Error, CustomStringConvertible {
    /// The address: `http://127.0.0.1:8080`, or the path of a Unix socket.
    package let address: String
    /// The operating system's error.
    package let underlyingError: any Error

    /// The address and the operating system's reason.
    public var description: String { "can't listen on \(address): \(reason)" }

    /// The operating system's description of the error, without the name of the failed call.
    private var reason: String {
        guard let error = underlyingError as? IOError else { return "\(underlyingError)" }
        return SocketFailure.system(error.errnoCode).description
    }
}
