#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The pipe with the output of a child process, read in lines.
final class ProcessOutput {
    private static let maximumLength = 65_536

    let reading: CInt
    private let writing: CInt
    private let maximumLines: Int
    private var rest: [UInt8] = []
    private(set) var lines: [String] = []
    private(set) var isOpen = true

    /// Makes a pipe.
    ///
    /// - Parameter maximumLines: The lines that are kept, of the end of the output.
    /// - Throws: ``CommandError`` if the process has no free descriptors.
    init(maximumLines: Int = 2_000) throws {
        self.maximumLines = maximumLines
        var ends: [CInt] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw CommandError("can't make a pipe: \(String(cString: strerror(errno)))")
        }
        (reading, writing) = (ends[0], ends[1])
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
    }

    deinit { if isOpen { close(reading) } }

    /// Starts a process with this output as its descriptors 1 and 2, or the one that is given.
    func start(
        _ arguments: [String],
        variables: [String] = [],
        errors: CInt? = nil
    ) throws
        -> ChildProcess
    {
        defer { close(writing) }
        return try ChildProcess(
            arguments,
            variables: variables,
            descriptors: [1: writing, 2: errors ?? writing]
        )
    }

    /// Reads what has come, and calls `body` for each whole line.
    func read(_ body: (String) -> Void = { _ in }) {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while isOpen {
            #if canImport(Glibc)
            let count = Glibc.read(reading, &bytes, bytes.count)
            #elseif canImport(Musl)
            let count = Musl.read(reading, &bytes, bytes.count)
            #else
            let count = Darwin.read(reading, &bytes, bytes.count)
            #endif
            guard count > 0 else {
                if count == 0 || errno != EAGAIN && errno != EINTR { end(body) }
                return
            }
            for byte in bytes[..<count] {
                if byte == UInt8(ascii: "\n") {
                    take(body)
                } else if rest.count < Self.maximumLength {
                    rest.append(byte)
                }
            }
        }
    }

    private func end(_ body: (String) -> Void) {
        if !rest.isEmpty { take(body) }
        close(reading)
        isOpen = false
    }

    private func take(_ body: (String) -> Void) {
        let line = String(decoding: rest, as: UTF8.self)
        rest.removeAll()
        if lines.count == maximumLines { lines.removeFirst(maximumLines / 2) }
        lines.append(line)
        body(line)
    }
}
