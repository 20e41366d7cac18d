import GustHTTP
import HTTPTypes

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A directory below which files are opened component by component, so that no path and no symbolic link leads outside.
///
/// The directory itself may be a link and may be replaced while the server runs: it is opened again for each file.
package struct FileDirectory: Sendable {
    /// The absolute path.
    package let path: String

    /// Makes a directory from an absolute path, or from one relative to the current working directory.
    package init(path: String) {
        if path.hasBytePrefix("/") {
            self.path = path
        } else if let working = getcwd(nil, 0) {
            self.path = String(cString: working) + "/" + path
            free(working)
        } else {
            self.path = path
        }
    }

    /// Whether the directory exists and can be opened.
    var exists: Bool {
        guard let descriptor = openRoot() else { return false }
        close(descriptor)
        return true
    }

    /// Opens the file or directory at `path`; blocks the thread until the file system responds.
    ///
    /// - Returns: nil if there is no such file, if the process isn't allowed to read it, or if a component is a
    ///   symbolic link.
    /// - Throws: ``HTTPError`` with status 503 if the process or the system is out of file descriptors or memory.
    func open(_ path: FilePath) throws -> OpenFile? {
        guard let descriptor = try descriptor(of: path) else { return nil }
        return try? OpenFile(descriptor: descriptor)
    }

    /// The descriptor of the file or directory at `path`, which the caller closes; nil and errors as for ``open(_:)``.
    func descriptor(of path: FilePath) throws -> CInt? {
        guard var descriptor = openRoot() else { return try unavailable(errno) }
        for (index, component) in path.components.enumerated() {
            let isLast = index == path.components.count - 1
            // O_NONBLOCK: without it, opening a pipe without a writer blocks for ever.
            let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | (isLast ? O_NONBLOCK : O_DIRECTORY)
            let next = retrying { openat(descriptor, String(component), flags) }
            let code = errno
            close(descriptor)
            guard next >= 0 else { return try unavailable(code) }
            descriptor = next
        }
        return descriptor
    }

    private func openRoot() -> CInt? {
        let descriptor = retrying { systemOpen(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        return descriptor >= 0 ? descriptor : nil
    }

    private func retrying(_ call: () -> CInt) -> CInt {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private func unavailable<Value>(_ code: CInt) throws -> Value? {
        guard code == EMFILE || code == ENFILE || code == ENOMEM else { return nil }
        throw HTTPError(.serviceUnavailable)
    }
}

/// The system's `open`, which ``FileDirectory/open(_:)`` shadows.
private func systemOpen(_ path: String, _ flags: CInt) -> CInt {
    open(path, flags)
}
