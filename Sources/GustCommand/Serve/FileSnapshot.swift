#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The stamps of all files below some directories.
struct FileSnapshot: Equatable {
    /// More files aren't watched.
    static let maximumCount = 100_000

    /// The stamps by paths; paths are bytes, and not text.
    private(set) var stamps: [[UInt8]: FileStamp] = [:]

    /// Looks at all files, without following links to directories.
    ///
    /// Left out are names that begin with a dot, as `.build` and the temporary files of editors do, names that end with `~`, and `node_modules`.
    init(of paths: [String]) {
        for path in paths { visit(Array(path.utf8), depth: 0) }
    }

    /// The paths that are new, gone or changed, sorted by their bytes.
    func changes(since other: FileSnapshot) -> [String] {
        var paths = Set(stamps.filter { other.stamps[$0.key] != $0.value }.keys)
        paths.formUnion(other.stamps.keys.filter { stamps[$0] == nil })
        return paths.sorted { $0.lexicographicallyPrecedes($1) }.map {
            String(decoding: $0, as: UTF8.self)
        }
    }

    private mutating func visit(_ path: [UInt8], depth: Int) {
        guard stamps.count < Self.maximumCount, depth < 64 else { return }
        var status = stat()
        let name = path.map { CChar(bitPattern: $0) } + [0]
        guard lstat(name, &status) == 0 else { return }
        // An editor may put a link in the place of a file; what it leads to is what is compiled.
        if status.st_mode & S_IFMT == S_IFLNK {
            guard stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
        }
        guard status.st_mode & S_IFMT == S_IFDIR else {
            if status.st_mode & S_IFMT == S_IFREG { stamps[path] = FileStamp(status) }
            return
        }
        guard let directory = opendir(name) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let entryName = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
            guard let first = entryName.first, first != UInt8(ascii: "."),
                entryName.last != UInt8(ascii: "~"),
                !entryName.elementsEqual("node_modules".utf8)
            else { continue }
            visit(path + [UInt8(ascii: "/")] + entryName, depth: depth + 1)
        }
    }
}
