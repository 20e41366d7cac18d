import Foundation

/// A client that keeps cookies, which many proxies need for stickiness, and opens a connection for each request.
struct DoctorClient {
    private let curl: Curl
    private let directory: URL

    init(_ curl: Curl) throws {
        self.curl = curl
        directory = FileManager.default.temporaryDirectory.appending(path: "gust-doctor-\(UUID().uuidString)")
        do {
            try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        } catch {
            throw CommandError("can't write to \(directory.path): \(error.localizedDescription)")
        }
    }

    func get(_ url: String, arguments: [String] = [], seconds: Int = 10) throws -> CurlResponse {
        let jar = directory.appending(path: "cookies").path
        return try curl.get(
            url,
            arguments: ["-b", jar, "-c", jar] + arguments,
            fields: arguments.isEmpty ? [] : ["Content-Type: text/plain;charset=UTF-8"],
            seconds: seconds
        )
    }

    /// Sends a long body.
    func post(_ body: String, to url: String) throws -> CurlResponse {
        let file = directory.appending(path: "body")
        do { try Data(body.utf8).write(to: file) } catch { throw CommandError("can't write \(file.path): \(error)") }
        return try get(url, arguments: ["--data-binary", "@\(file.path)"], seconds: 20)
    }

    /// Removes the files of the client.
    func forget() { try? FileManager.default.removeItem(at: directory) }
}
