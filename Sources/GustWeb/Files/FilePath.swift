import GustHTTP

/// The path of a file below a directory, checked so that it can't name anything outside, hidden or ambiguous.
struct FilePath: Sendable, Equatable {
    /// The names, outermost first; empty for the directory itself.
    let components: [Substring]
    /// Whether the path ends in a slash, or is empty: it names a directory.
    let isDirectory: Bool

    /// Splits a decoded path.
    ///
    /// - Returns: nil for empty, `.` and `..` segments, names that begin with a dot, backslashes (which some systems
    ///   take for slashes), control characters, and more than 32 segments. The name `.well-known` is allowed at the
    ///   beginning: it is where other systems look for what isn't hidden (RFC 8615).
    init?(_ path: String) {
        guard path.utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\\") && $0 != 0x7F }) else { return nil }
        // By bytes, as the file system does: to Swift, a slash with a combining mark behind it is another character.
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

    /// The file beside this one whose name is longer by `ending`, such as `.gz`.
    func sibling(ending: String) -> FilePath {
        FilePath(components: components.dropLast() + [Substring((components.last ?? "") + ending)])
    }
}
