import GustHTTP
import HTTPTypes
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A temporary file with the content of an upload.
///
/// `create`, `write` and `move` block, and are called on threads for blocking work, one call at a time.
///
/// `@unchecked Sendable`: the calls of one file follow each other, because each is awaited before the next.
final class SpooledFile: @unchecked Sendable {
    let path: String
    private let executor: LoopExecutor
    private var descriptor: CInt
    private var isMoved = false

    /// Creates a file with a random name in a directory; nil means `TMPDIR`, or `/tmp`.
    ///
    /// - Throws: `HTTPError` with status 507 if the disk is full, or ``UploadError``.
    convenience init(in directory: String?, _ executor: LoopExecutor) throws {
        let directory = directory ?? ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        try self.init(creating: "\(directory)/gust-upload-\(UUID().uuidString)", executor)
    }

    /// Creates a file with a random name in the directory of `path`.
    convenience init(beside path: String, _ executor: LoopExecutor) throws {
        try self.init(creating: "\(path).\(UUID().uuidString)", executor)
    }

    /// Creates a file that only its owner can read and write.
    private init(creating path: String, _ executor: LoopExecutor) throws {
        self.path = path
        self.executor = executor
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            // `deinit` runs after this error, and must not delete a file of somebody else.
            isMoved = true
            throw Self.failure("create", path)
        }
    }

    /// Makes a file of one that exists, for tests of errors.
    init(existing path: String, _ executor: LoopExecutor) throws {
        self.path = path
        self.executor = executor
        isMoved = true
        descriptor = open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("open", path) }
    }

    deinit {
        if descriptor >= 0 { _ = close(descriptor) }
        guard !isMoved else { return }
        let path = path
        // Deleting a large file can take milliseconds, and the last reference is usually released on the loop.
        executor.runBlocking { _ = unlink(path) }
    }

    /// Appends bytes.
    func write(_ bytes: ByteBuffer) throws {
        try bytes.withUnsafeReadableBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = systemWrite(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { throw Self.failure("write", path) }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// Closes the file after the last write.
    func finish() throws {
        let descriptor = descriptor
        self.descriptor = -1
        guard close(descriptor) == 0 else { throw Self.failure("write", path) }
    }

    /// Moves the file, by copying if `target` is on another file system.
    func move(to target: String) throws {
        guard !isMoved else { throw UploadError(description: "the upload has already been moved", code: ENOENT) }
        if rename(path, target) != 0 {
            guard errno == EXDEV else { throw Self.failure("move", target) }
            try copy(to: target)
            _ = unlink(path)
        }
        isMoved = true
    }

    /// The content.
    func read(_ size: Int) throws -> ByteBuffer {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw Self.failure("read", path) }
        defer { _ = close(source) }
        var content = ByteBuffer()
        while content.readableBytes < size,
            try Self.read(source, path, upTo: size - content.readableBytes, into: &content)
        {}
        return content
    }

    private func copy(to target: String) throws {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { throw Self.failure("read", path) }
        defer { _ = close(source) }
        let copy = try SpooledFile(beside: target, executor)
        var piece = ByteBuffer()
        while try Self.read(source, path, upTo: 256 * 1_024, into: &piece) {
            try copy.write(piece)
            piece.clear()
        }
        try copy.finish()
        try copy.move(to: target)
    }

    private static func read(
        _ source: CInt,
        _ path: String,
        upTo limit: Int,
        into buffer: inout ByteBuffer
    ) throws -> Bool {
        let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: limit) { space in
            var count = -1
            repeat {
                count = systemRead(source, space.baseAddress, min(limit, space.count))
            } while count < 0 && errno == EINTR
            return max(0, count)
        }
        return count > 0
    }

    /// The error of the last system call.
    static func failure(_ operation: String, _ path: String) -> any Error {
        let code = errno
        if code == ENOSPC || code == EDQUOT || code == EFBIG {
            return HTTPError(
                HTTPResponse.Status(code: 507, reasonPhrase: "Insufficient Storage"),
                "the server has no room for the upload",
                headers: [.connection: "close"]
            )
        }
        return UploadError(description: "can't \(operation) \(path): \(String(cString: strerror(code)))", code: code)
    }
}

/// `write` of the system; within the class, the name is that of a method.
private func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

/// `read` of the system.
private func systemRead(_ descriptor: CInt, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}
