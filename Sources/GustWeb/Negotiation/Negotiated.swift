public import GustHTTP
import HTTPTypes

/// A response in the media type that the client prefers (RFC 9110 §12).
///
/// ```swift
/// app.get("/posts") { _ in
///     let posts = try posts()
///     return Negotiated([
///         "application/json": { JSON(posts) },
///         "text/html": { try templates.page("posts", posts) },
///     ])
/// }
/// ```
/// `Vary` gets `Accept`. If the client accepts none of the types, the answer is 406 with their list. The first type is sent to a client
/// without `Accept`.
public struct Negotiated: ResponseConvertible {
    private let choices: KeyValuePairs<String, () throws -> any ResponseConvertible>

    /// Makes a response of one of the closures, of which one is called.
    ///
    /// - Parameter choices: The media types in order of preference, each with a closure that makes the content.
    public init(_ choices: KeyValuePairs<String, () throws -> any ResponseConvertible>) {
        self.choices = choices
    }

    /// The response in the preferred type.
    ///
    /// - Throws: `HTTPError` with status 406 if no type is accepted, or the error of the closure.
    public func response(for request: Request) throws -> Response {
        let types = choices.map(\.key)
        guard let type = request.preferredType(among: types),
            let choice = choices.first(where: { $0.key.hasSameBytes(as: type) })
        else {
            let message = "the types of this resource are \(types.joined(separator: ", "))"
            throw HTTPError(.notAcceptable, message, headers: [.vary: "Accept"])
        }
        var response = try choice.value().response(for: request)
        response.headers.addVary("Accept")
        return response
    }
}
