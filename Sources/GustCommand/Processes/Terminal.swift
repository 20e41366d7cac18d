import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The lines that the command writes to standard error; standard output has results only.
enum Terminal {
    private static let isTerminal = isatty(STDERR_FILENO) == 1
    private static let hasProgress = Atomic(false)

    /// Writes a line.
    static func say(_ text: String) {
        endProgress()
        put("\(text)\n")
    }

    /// Shows a line in the place of the last such line; nothing unless a person looks.
    static func progress(_ text: String) {
        guard isTerminal else { return }
        put("\r\u{1B}[K\(String(decoding: text.utf8.prefix(100), as: UTF8.self))")
        hasProgress.store(true, ordering: .relaxed)
    }

    private static func endProgress() {
        if hasProgress.exchange(false, ordering: .relaxed) { put("\r\u{1B}[K") }
    }

    private static func put(_ text: String) {
        var text = text
        text.withUTF8 { bytes in _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}
