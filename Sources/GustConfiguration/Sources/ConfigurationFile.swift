#if Configuration
#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads whole files of bounded length.
enum ConfigurationFile {
    /// The longest file that is read, in bytes.
    static let maximumLength = 1 << 20

    /// The text of a file; nil if there is no such file.
    ///
    /// - Throws: ``SettingMistake`` if the file can't be read, is longer than ``maximumLength``, or isn't UTF-8.
    static func text(of path: String) throws(SettingMistake) -> String? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            guard errno != ENOENT else { return nil }
            throw SettingMistake(path, "the file can't be read: \(reason())")
        }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = read(descriptor, &piece, piece.count)
            guard count >= 0 else {
                if errno == EINTR { continue }
                throw SettingMistake(path, "the file can't be read: \(reason())")
            }
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= maximumLength else {
                throw SettingMistake(path, "the file is longer than \(ByteCount(maximumLength).settingText)")
            }
        }
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingMistake(path, "the file isn't text in UTF-8")
        }
        return text
    }

    private static func reason() -> String { strerror(errno).map { String(cString: $0) } ?? "error \(errno)" }
}
#endif
