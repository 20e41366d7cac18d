import GustHTTP
import NIOCore

/// The versions of files.
extension FileStore {
    /// The version of a file that is known or can be computed at once, because its bytes are in memory.
    func knownVersion(of file: StoredFile, at path: String) -> String? {
        if let version = file.version { return version }
        guard let bytes = file.identity.bytes else { return nil }
        let version = FileVersion.of(bytes)
        cache.setVersion(version, at: path, of: file.identity.metadata)
        return version
    }

    /// Reads a file, and keeps its version; blocks the thread.
    ///
    /// Returns immediately if another caller reads the file already, if it is too large for a version, or if it changes meanwhile: then
    /// there is no version.
    func computeVersion(of file: StoredFile, at path: String) {
        guard canHaveVersion(file), cache.beginVersion(of: path) else { return }
        defer { cache.endVersion(of: path) }
        // A file that can't be read has no version; a request for it reports the reason.
        guard let open = try? open(file.identity), let version = try? FileVersion.of(open),
            let again = try? self.open(file.identity), again.metadata == open.metadata
        else { return }
        cache.setVersion(version, at: path, of: file.identity.metadata)
    }

    /// Whether a file is small enough for a version.
    func canHaveVersion(_ file: StoredFile) -> Bool { file.identity.length <= FileVersion.maximumSize }
}
