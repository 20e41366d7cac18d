import GustHTTP
import NIOCore

/// The versions of files.
extension FileStore {
    /// The file with its version, if that can be computed at once, because the bytes are in memory; otherwise the file as it is.
    func withVersion(_ file: StoredFile, at path: String) -> StoredFile {
        guard file.version == nil, let bytes = file.identity.bytes else { return file }
        let version = FileVersion.of(bytes)
        cache.setVersion(version, at: path, of: file.identity.metadata)
        return file.with(version: version)
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

    /// Whether a file is small enough for a version, and its version can be kept; otherwise each request would read the whole file.
    func canHaveVersion(_ file: StoredFile) -> Bool {
        file.identity.length <= FileVersion.maximumSize && cache.canKeep(file.cost)
    }
}
