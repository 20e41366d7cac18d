public import GustHTTP
public import HTTPTypes

/// A type whose values a handler returns as JSON.
///
/// ```swift
/// struct Post: Codable, ResponseEncodable { let title: String }
/// app.get("/post") { _ in Post(title: "Hello") }
/// app.post("/post") { _ in Post(title: "Hello").with(.created, headers: [.location: "/post"]) }
/// ```
/// For a value of another type, return `JSON(value)`.
public protocol ResponseEncodable: ResponseConvertible, Encodable {}

extension ResponseEncodable {
    /// The JSON text of the value, by the encoder of the middleware ``JSONCoding``.
    ///
    /// - Throws: `EncodingError` if the value can't be encoded.
    public func response(for request: Request) throws -> Response { try JSON(self).response(for: request) }
}

extension ResponseConvertible {
    /// This value with another status and further header fields.
    ///
    /// A field replaces the field of the same name.
    public func with(_ status: HTTPResponse.Status, headers: HTTPFields = [:]) -> some ResponseConvertible {
        ResponseWithStatus(content: self, status: status, headers: headers)
    }
}

/// A value with another status.
private struct ResponseWithStatus<Content: ResponseConvertible>: ResponseConvertible {
    let content: Content
    let status: HTTPResponse.Status
    let headers: HTTPFields

    func response(for request: Request) throws -> Response {
        var response = try content.response(for: request)
        response.status = status
        for field in headers { response.headers[field.name] = nil }
        for field in headers { response.headers.append(field) }
        return response
    }
}
