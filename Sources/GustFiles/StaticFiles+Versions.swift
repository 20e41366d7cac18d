import GustHTTP
import HTTPTypes
package import NIOCore

/// Versions of files for their URLs.
extension StaticFiles: VersionedFiles {
    /// The version of the file at `path`; nil until another thread has read a file of more than 64 KiB, and for files above 64 MiB.
    ///
    /// - Throws: `HTTPError` with status 404 if there is no such file.
    package func version(ofFile path: String, now: NIODeadline) throws -> String? {
        guard case .file(let found, _) = try store.find(path, now: now) else { throw HTTPError(.notFound) }
        let file = store.withVersion(found, at: path)
        if let version = file.version { return version }
        guard store.canHaveVersion(file) else { return nil }
        // The page that is rendered on the loop doesn't wait for the file; the next page has the version.
        Task(executorPreference: globalConcurrentExecutor) { store.computeVersion(of: file, at: path) }
        return nil
    }

    /// Computes the version of the file at `path`; blocks the thread.
    ///
    /// - Returns: Whether there is such a file.
    package func prepareVersion(ofFile path: String) -> Bool {
        // The entry counts as old, because the clock of the loops isn't known here: the next request looks at the disk.
        guard case .file(let found, _)? = try? store.find(path, now: .distantPast) else { return false }
        let file = store.withVersion(found, at: path)
        if file.version == nil { store.computeVersion(of: file, at: path) }
        return true
    }
}
