public import GustFiles
public import GustHTTP
import HTTPTypes

extension StaticFiles {
    /// Answers with one file of the directory, for a handler that chooses it.
    ///
    /// ```swift
    /// let reports = StaticFiles("reports")
    /// app.get("/reports/:id<int>") { (request, id: Int) async throws in
    ///     try await reports.file("\(id).pdf", for: request).download(as: "Report \(id).pdf")
    /// }
    /// ```
    /// Conditional requests, ranges and compression work as for the files that the directory serves itself. `path` can't leave the
    /// directory.
    /// - Parameters:
    ///   - path: The path below the directory, decoded.
    ///   - request: The request to answer, a `GET` or `HEAD`.
    /// - Returns: The response: 200, 206 or 304.
    /// - Throws: `HTTPError`: 404 if there is no such file, 412 or 416 if the conditions of the request aren't met.
    public func file(_ path: String, for request: Request) async throws -> Response {
        guard let target = RequestTarget("/") else { throw HTTPError(.notFound) }
        var request = request
        request.target = target
        request.captures = Captures([(name: "path", value: path)])
        let response = try await answer(request).response()
        // The redirect to a directory would lead away from the path of the request.
        guard response.status.code < 300 || response.status == .notModified else { throw HTTPError(.notFound) }
        return response
    }
}
