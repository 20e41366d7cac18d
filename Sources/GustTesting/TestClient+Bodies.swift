import GustHTTP
public import HTTPTypes

/// Forms and JSON.
extension TestClient {
    /// Sends a form as a browser does from a page of the same site, and waits for the whole response.
    ///
    /// ```swift
    /// let response = try await client.post("/signin", form: ["name": "ada", "password": "correct horse"])
    /// ```
    /// The request has `Sec-Fetch-Site: same-origin` unless `headers` has that field, so the middleware `CSRF` accepts it.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - headers: header fields besides `Content-Type`.
    ///   - form: the form.
    /// - Returns: the response.
    /// - Throws: ``TestError`` if the target is invalid, the connection ends without a response, or the response
    ///   doesn't end in time; over TCP, the operating system's error if the connection fails.
    public func post(_ target: String, headers: HTTPFields = [:], form: TestForm) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = form.contentType
        headers.claimSameSite()
        return try await execute(.post, target, headers: headers, body: form.body)
    }

    /// Sends a value as JSON, as `fetch` does in a page of the same site, and waits for the whole response.
    ///
    /// The request has `Sec-Fetch-Site: same-origin` unless `headers` has that field.
    ///
    /// - Parameters:
    ///   - target: path and query.
    ///   - method: the method.
    ///   - headers: header fields besides `Content-Type`.
    ///   - value: the value.
    /// - Returns: the response.
    /// - Throws: `EncodingError` if the value can't be encoded; ``TestError`` if the target is invalid, the connection ends
    ///   without a response, or the response doesn't end in time; over TCP, the operating system's error if the connection fails.
    public func post(
        _ target: String,
        method: HTTPRequest.Method = .post,
        headers: HTTPFields = [:],
        json value: some Encodable
    ) async throws -> TestResponse {
        var headers = headers
        headers[.contentType] = "application/json"
        headers.claimSameSite()
        return try await execute(method, target, headers: headers, body: try JSONCoders().encode(value))
    }
}

extension HTTPFields {
    fileprivate mutating func claimSameSite() {
        if let site = HTTPField.Name("Sec-Fetch-Site"), self[site] == nil { self[site] = "same-origin" }
    }
}

extension TestResponse {
    /// The JSON value in the body.
    ///
    /// - Throws: An error if the body isn't JSON; `DecodingError` if it doesn't have the shape of the type.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try JSONCoders().decode(type, from: body)
    }
}
