#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A build of the application that runs.
final class Build {
    let output: ProcessOutput
    let process: ChildProcess
    private let start = ContinuousClock.now

    /// Starts the build.
    init(_ arguments: [String]) throws {
        output = try ProcessOutput()
        process = try output.start(arguments)
    }

    /// Reads the output, and shows the steps.
    func read() {
        output.read { line in if Self.isStep(line) { Terminal.progress(line) } }
    }

    /// Whether the build has ended and all of its output has been read.
    func hasEnded() -> Bool { !output.isOpen && process.hasEnded() }

    /// Waits for the end, for commands that do nothing meanwhile.
    func wait() {
        while output.isOpen {
            var state = pollfd(fd: output.reading, events: Int16(POLLIN), revents: 0)
            poll(&state, 1, 1_000)
            read()
        }
        process.wait()
    }

    /// The time since the start, such as `3.2 s`.
    var duration: String {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return "\(seconds).\(attoseconds / 100_000_000_000_000_000) s"
    }

    /// The output without the steps: what the compiler has to say.
    var messages: String { output.lines.filter { !Self.isStep($0) }.joined(separator: "\n") }

    /// Whether a line is one such as `[12/345] Compiling …`.
    static func isStep(_ line: String) -> Bool {
        line.utf8.starts(with: "[".utf8)
            && line.utf8.dropFirst().first.map { (0x30...0x39).contains($0) } ?? false
    }
}
