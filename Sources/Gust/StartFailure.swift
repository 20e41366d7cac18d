#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ends a program that failed to start or failed while it ran.
enum StartFailure {
    /// The message about an error; text of several lines begins on a new line.
    static func message(_ error: any Error) -> String {
        let text = "\(error)"
        return text.utf8.contains(UInt8(ascii: "\n")) ? "error:\n\(text)\n" : "error: \(text)\n"
    }

    /// Writes the message to standard error and exits with code 1.
    static func report(_ error: any Error) -> Never {
        var text = message(error)
        text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
        exit(1)
    }
}
