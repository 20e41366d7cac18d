public import GustHTTP
public import HTTPTypes
import NIOCore

/// Lets a form of HTML, or a client behind a proxy, send `PUT`, `PATCH` and `DELETE` as `POST`.
///
/// ```swift
/// app.use(MethodOverride())
/// ```
/// ```html
/// <form method="post" action="/notes/7"><input type="hidden" name="_method" value="DELETE">…</form>
/// ```
/// The method of a `POST` request becomes that of the field `X-HTTP-Method-Override`, or else of `_method` in an
/// `application/x-www-form-urlencoded` body. A form with files (`multipart/form-data`) has `_method` in the query of its action, such as
/// `/notes/7?_method=PUT`, because its body isn't read before the request is routed. Add it to the application, not to a group, because routes are chosen by the method; before
/// middleware that depends on the method. An `application/x-www-form-urlencoded` body is read before the request is routed, at most 1 MiB or
/// the limit of an outer ``BodyLimit``.
///
/// Requests with other methods are unchanged. A method that isn't allowed is answered with 400. `GET`, `HEAD`, `OPTIONS` and `TRACE` can't be
/// allowed: `CSRF` doesn't examine them, so a form of another site could be disguised as one of them. `CSRF` may be in front of this
/// middleware or behind it.
public struct MethodOverride: Middleware {
    private static let header = HTTPField.Name("x-http-method-override")

    private let methods: [HTTPRequest.Method]

    /// Allows `PUT`, `PATCH` and `DELETE`.
    public init() {
        methods = [.put, .patch, .delete]
    }

    /// Allows these methods.
    ///
    /// - Throws: An error if one of them is `GET`, `HEAD`, `OPTIONS`, `TRACE`, `CONNECT` or `POST`.
    public init(allowing methods: [HTTPRequest.Method]) throws {
        let impossible: [HTTPRequest.Method] = [.get, .head, .options, .trace, .connect, .post]
        if let method = methods.first(where: impossible.contains) { throw MethodOverrideError(method: method.rawValue) }
        self.methods = methods
    }

    /// Answers with the answer of `next` to the request with the method that the client means.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard request.method == .post else { return next.answer(request) }
        if let header = Self.header, let name = request.headers[header] {
            return answer(request, as: name, next)
        }
        if request.isMultipart, let name = request.query["_method"] { return answer(request, as: name, next) }
        guard request.hasURLEncodedForm else { return next.answer(request) }
        return .pending {
            let body = try await request.body.collect()
            var request = request
            request.body = RequestBody(body)
            let form = Query(String(decoding: body.readableBytesView, as: UTF8.self))
            guard let name = form["_method"] else { return try await next.answer(request).response() }
            return try await answer(request, as: name, next).response()
        }
    }

    private func answer(_ request: Request, as name: String, _ next: any Handler) -> Answer {
        // Names of methods are case-sensitive (RFC 9110 §9.1), but forms often have them in lower case.
        guard let method = methods.first(where: { $0.rawValue.equalsIgnoringASCIICase(name) }) else {
            let allowed = methods.map(\.rawValue).joined(separator: ", ")
            return .failed(HTTPError(.badRequest, "the method of a form can only be changed to: \(allowed)"))
        }
        var request = request
        request.method = method
        return next.answer(request)
    }
}

/// A method that ``MethodOverride`` must not allow.
struct MethodOverrideError: Error, CustomStringConvertible {
    let method: String

    var description: String {
        """
        MethodOverride can't allow \(method): \
        only methods that change something and aren't POST, so that protection from other sites stays in effect
        """
    }
}
