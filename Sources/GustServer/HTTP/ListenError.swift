import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// An address can't be listened on: it is in use, isn't an address of this machine, or needs privileges.
public struct ListenError: Error, CustomStringConvertible {
    /// The address: `http://127.0.0.1:8080`, or the path of a Unix socket.
    public let address: String
    /// The operating system's error.
    public let underlyingError: any Error

    /// The address and the reason that the operating system gave.
    public var description: String { "can't listen on \(address): \(reason)" }

    /// What the operating system calls the error, without the name of the call that failed.
    private var reason: String {
        guard let error = underlyingError as? IOError, let text = strerror(error.errnoCode) else {
            return "\(underlyingError)"
        }
        return String(cString: text)
    }
}
