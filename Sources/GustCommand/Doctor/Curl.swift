import Foundation

/// Requests by the program curl: it speaks TLS, checks certificates as other clients do, and opens a connection for each call.
struct Curl {
    private static let mark = "gust-doctor-end"

    let acceptsAnyCertificate: Bool

    /// Sends a request, or several to the same connection if that is kept alive.
    ///
    /// - Parameters:
    ///   - urls: The URLs.
    ///   - arguments: Further arguments of curl.
    ///   - fields: Header fields, such as `Name: value`.
    ///   - seconds: The time after which curl ends; what has arrived by then is the result.
    /// - Returns: The last response.
    /// - Throws: ``CommandError`` if curl isn't there.
    func get(
        _ urls: String...,
        arguments: [String] = [],
        fields: [String] = [],
        seconds: Int = 10
    ) throws -> CurlResponse {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        var all = ["curl", "-sS", "-N", "-i", "--http1.1", "--max-time", "\(seconds)", "-A", "gust-doctor"]
        all += ["-w", "\n\(Self.mark) %{num_connects} %{time_total}\n"]
        if acceptsAnyCertificate { all.append("-k") }
        // curl would wait for the server's consent before it sends a long body.
        all += (fields + ["Expect:"]).flatMap { ["-H", $0] } + arguments + ["--"] + urls
        process.arguments = all
        let output = Pipe()
        let errors = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        do { try process.run() } catch { throw CommandError("can't run curl: \(error)") }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        let message = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus != 127 else {
            throw CommandError("curl is missing, which asks the server: install it (apt-get install curl)")
        }
        return CurlResponse(
            [UInt8](bytes),
            mark: "\n\(Self.mark) ",
            exit: process.terminationStatus,
            message: String(decoding: message, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        )
    }
}
