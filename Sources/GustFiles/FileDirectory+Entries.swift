import GustHTTP
import HTTPTypes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The contents of directories.
extension FileDirectory {
    /// A file or a directory in a directory.
    struct Entry {
        let name: String
        let isDirectory: Bool
        /// The size in bytes.
        let size: Int
    }

    /// The most entries that are read.
    private static let maximumEntries = 10_000

    /// The regular files and directories in the directory at `path` that can be requested: directories first, in the order of their bytes.
    ///
    /// Blocks the thread until the file system responds.
    /// - Returns: At most 10,000 entries; nil if there is no such directory, or if the process isn't allowed to read it.
    /// - Throws: ``HTTPError`` with status 503 if the process or the system is out of file descriptors or memory.
    func entries(of path: FilePath) throws -> [Entry]? {
        guard let descriptor = try descriptor(of: path) else { return nil }
        guard let stream = fdopendir(descriptor) else {
            close(descriptor)
            return nil
        }
        defer { closedir(stream) }
        var entries: [Entry] = []
        while entries.count < Self.maximumEntries, let item = readdir(stream) {
            let name = withUnsafePointer(to: &item.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: pointer.pointee)) {
                    String(validatingCString: $0)
                }
            }
            // Names that aren't UTF-8, begin with a dot or have control characters can't be requested.
            guard let name, FilePath(name) != nil else { continue }
            var status = stat()
            guard fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
            let kind = status.st_mode & S_IFMT
            guard kind == S_IFREG || kind == S_IFDIR else { continue }
            entries.append(Entry(name: name, isDirectory: kind == S_IFDIR, size: Int(status.st_size)))
        }
        return entries.sorted { left, right in
            left.isDirectory == right.isDirectory
                ? left.name.utf8.lexicographicallyPrecedes(right.name.utf8) : left.isDirectory
        }
    }
}
