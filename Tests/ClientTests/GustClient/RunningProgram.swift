import Foundation
import Testing

/// A program that runs while a test uses it, such as a server.
///
/// Its input is a pipe that ends with this process, so that a program that reads its input doesn't outlive the tests.
struct RunningProgram {
    /// The first line that the program has printed.
    let firstLine: String
    private let process: Process
    private let input: Pipe

    /// Starts a program, and waits for its first line; the time limit of the test is the deadline.
    init(_ executable: String, _ arguments: [String]) async throws {
        process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = Script.root
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        self.input = input
        let (pieces, continuation) = AsyncStream.makeStream(of: Data.self)
        output.fileHandleForReading.readabilityHandler = { handle in
            let data = handle.availableData
            continuation.yield(data)
            guard data.isEmpty else { return }
            continuation.finish()
            handle.readabilityHandler = nil
        }
        try process.run()
        var line = Data()
        for await piece in pieces where !line.contains(0x0A) {
            line += piece
            if line.contains(0x0A) { break }
        }
        firstLine = String(decoding: line.prefix { $0 != 0x0A }, as: UTF8.self)
        try #require(line.contains(0x0A), "\(executable) ended before its first line")
    }

    /// The number at the end of the first line: the port of a server.
    var port: Int {
        get throws {
            let digits = firstLine.utf8.reversed().drop { $0 == UInt8(ascii: "/") }
                .prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            return try #require(Int(String(decoding: digits.reversed(), as: UTF8.self)), "no port: \(firstLine)")
        }
    }

    /// Ends the program at once, and waits for its end.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs a server while `body` runs, which gets the server's port.
    static func serving<Value>(
        _ executable: String,
        _ arguments: String...,
        body: (Int) async throws -> Value
    ) async throws -> Value {
        let program = try await RunningProgram(executable, arguments)
        defer { program.kill() }
        return try await body(program.port)
    }
}
