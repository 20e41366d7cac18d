#if Configuration
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The standard error of the process.
enum StandardError {
    /// Writes the text at once; what can't be written is lost.
    static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in
            guard let start = bytes.baseAddress else { return }
            #if canImport(Glibc)
            _ = Glibc.write(STDERR_FILENO, start, bytes.count)
            #elseif canImport(Musl)
            _ = Musl.write(STDERR_FILENO, start, bytes.count)
            #else
            _ = Darwin.write(STDERR_FILENO, start, bytes.count)
            #endif
        }
    }
}
#endif
