package import NIOCore

/// A handler that serves static files by the capture `path`, or by the first capture without a name, and has a version of each.
package protocol VersionedFiles: Handler {
    /// The version of the file at `path`, which becomes the query of its URL; nil if it isn't known yet.
    ///
    /// - Throws: An ``HTTPError`` with status 404 if there is no such file.
    func version(ofFile path: String, now: NIODeadline) throws -> String?

    /// Computes the version of the file at `path`; blocks the thread.
    ///
    /// - Returns: Whether there is such a file.
    func prepareVersion(ofFile path: String) -> Bool
}
