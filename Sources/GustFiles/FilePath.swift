import GustHTTP

/// The path of a file below a directory, checked so that it can't name a file that is outside, hidden or ambiguous.
struct FilePath: Sendable, Equatable {
    /// The components, outermost first; empty for the directory itself.
    let components: [Substring]
    /// Whether the path names a directory, because it is empty or ends in a slash.
    let isDirectory: Bool

    /// Splits a decoded path into components.
    ///
    /// - Returns: nil for empty, `.` and `..` components, names that begin with a dot, backslashes (path separators on
    ///   some systems), control characters, and more than 32 components. The first component may be `.well-known`,
    ///   which holds public files (RFC 8615).
    init?(_ path: String) {
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != 0x7F }) else { return nil }
        // Split by bytes, as the file system does: in Swift, a slash and a combining mark form one character that isn't
        // a slash.
        var components = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            .map(Substring.init)
        isDirectory = components.last?.isEmpty == true
        if isDirectory { components.removeLast() }
        let isWellKnown = components.first?.hasSameBytes(as: ".well-known") == true
        guard components.count <= 32,
            components.dropFirst(isWellKnown ? 1 : 0).allSatisfy({ !$0.isEmpty && $0.utf8.first != UInt8(ascii: ".") })
        else { return nil }
        self.components = components
    }

    private init(components: [Substring]) {
        self.components = components
        isDirectory = false
    }

    static func == (left: FilePath, right: FilePath) -> Bool {
        left.isDirectory == right.isDirectory && left.components.count == right.components.count
            && zip(left.components, right.components).allSatisfy { $0.hasSameBytes(as: $1) }
    }

    /// The file called `name` in this directory.
    func appending(_ name: String) -> FilePath { FilePath(components: components + [Substring(name)]) }

    /// The file in the same directory whose name is this name with `ending`, such as `.gz`, appended.
    func sibling(ending: String) -> FilePath {
        FilePath(components: components.dropLast() + [Substring((components.last ?? "") + ending)])
    }
}
