public import GustHTTP
import HTTPTypes

/// Gives each request an id, as `request.id` and in the field `X-Request-ID` of the response.
///
/// The id connects log lines with failures that visitors report. Responses to upgrades don't have the field. Put this
/// middleware in front of ``AccessLog``, which then logs the id.
public struct RequestID: Middleware {
    /// The key of the id in ``RequestStorage``.
    enum Key: RequestStorageKey { typealias Value = String }

    private static let name = HTTPField.Name("X-Request-ID")
    private let keepsIncoming: Bool

    /// Makes the middleware.
    ///
    /// - Parameter keepsIncoming: whether the id in a request's `X-Request-ID` is kept, if it consists of at most 128
    ///   letters, digits, `-`, `_` and `.`; use it behind a proxy that sets the field.
    public init(keepsIncoming: Bool = false) {
        self.keepsIncoming = keepsIncoming
    }

    /// Answers with the answer of `next`, and adds the id.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let id = id(of: request)
        var request = request
        request.storage[Key.self] = id
        return next.answer(request).edited(with: id) { response, id in
            if case .upgrade = response.body { return }
            guard let name = Self.name else { return }
            if response.headers.has(name) {
                response.headers[name] = id
            } else {
                response.headers.add(HTTPField(name: name, value: id))
            }
        }
    }

    private func id(of request: Request) -> String {
        if keepsIncoming, let id = Self.name.flatMap({ request.headers[$0] }), Self.isPlain(id) { return id }
        return RandomText.make(20)
    }

    private static func isPlain(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
                    || "-_.".unicodeScalars.contains(scalar)
            }
    }
}

extension Request {
    /// The id that the middleware ``RequestID`` gave the request; nil without that middleware.
    public var id: String? { storage[RequestID.Key.self] }
}
