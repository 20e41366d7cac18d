import GustHTTP
import HTTPTypes
import NIOCore

/// A route that serves static files.
struct FileRoute: Sendable, CustomStringConvertible {
    let files: any VersionedFiles
    private let pattern: Pattern
    private let implied: [String: String]  // bytes: names of captures in our own patterns
    /// The name or the number of the capture that holds the path of the file.
    private let capture: String

    /// nil for a route with another handler, for a host, or without a capture for the path.
    init?(_ compiled: CompiledRoute) {
        let route = compiled.route
        guard let files = route.handler as? any VersionedFiles, compiled.host == nil,
            route.methods?.contains(.get) ?? true
        else { return nil }
        let names = compiled.pattern.groupNames
        if names.contains("path") {
            capture = "path"
        } else if names.contains(nil) {
            capture = "0"
        } else {
            return nil
        }
        self.files = files
        pattern = compiled.pattern
        implied = route.impliedValues
    }

    var description: String { "\(pattern)" }

    /// The query with the version of a file, empty if the version isn't known yet; nil if there is no such file.
    func query(of path: String, _ now: NIODeadline) -> String? {
        do {
            return try files.version(ofFile: path, now: now).map { "?v=\($0)" } ?? ""
        } catch {
            return nil
        }
    }

    /// The path of the URL of a file, percent-encoded.
    func url(of path: String) throws(ReverseError) -> String {
        try PathBuilder(pattern, implied.merging([capture: path]) { $1 }).path()
    }
}
