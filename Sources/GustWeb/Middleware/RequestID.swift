public import GustHTTP
import HTTPTypes

/// Gives each request an id, for logs and for the visitor who reports a failure: `request.id`, and the field `X-Request-ID`
/// of the answer.
///
/// Upgrades are told none. Use it in front of ``AccessLog``, which then notes it.
public struct RequestID: Middleware {
    /// Where a request keeps its id.
    enum Key: RequestStorageKey { typealias Value = String }

    private static let name = HTTPField.Name("X-Request-ID")
    private let keepsIncoming: Bool

    /// Makes the middleware.
    ///
    /// - Parameter keepsIncoming: whether an id that the request brings is kept, if it is made of at most 128 letters,
    ///   digits, `-`, `_` and `.`; turn it on behind a proxy that sets one.
    public init(keepsIncoming: Bool = false) {
        self.keepsIncoming = keepsIncoming
    }

    /// Answers with what is behind it, and the id.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        let id = id(of: request)
        var request = request
        request.storage[Key.self] = id
        return next.answer(request).edited(with: id) { response, id in
            if case .upgrade = response.body { return }
            if let name = Self.name { response.headers[name] = id }
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
    /// The id that the middleware ``RequestID`` gave the request; nil without it.
    public var id: String? { storage[RequestID.Key.self] }
}
