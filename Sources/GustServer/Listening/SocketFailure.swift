#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The reason why a socket can't be used for listening.
package enum SocketFailure: Error, CustomStringConvertible {
    /// A call of the operating system failed with this error number.
    case system(CInt)
    /// Another process listens on the Unix socket.
    case inUse
    /// The path of the Unix socket belongs to a file that isn't a socket.
    case notASocketFile
    /// The descriptor isn't open, or isn't a socket.
    case notASocket
    /// The descriptor is a socket that doesn't listen, or one that isn't a stream.
    case notListening

    package var description: String {
        switch self {
        case .system(let number): strerror(number).map { String(cString: $0) } ?? "error \(number)"
        case .inUse: "another process listens on this socket"
        case .notASocketFile: "the file exists and isn't a socket"
        case .notASocket: "the descriptor isn't a socket"
        case .notListening: "the socket isn't a stream socket that listens"
        }
    }
}
