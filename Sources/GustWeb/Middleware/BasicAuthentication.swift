public import GustHTTP
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Admits requests with a valid user name and password, and answers others with 401, so that a browser asks for them
/// (RFC 7617).
///
/// ```swift
/// app.group("/admin", through: BasicAuthentication(realm: "Admin", users: ["ada": "secret"])) { … }
/// ```
///
/// The name of an admitted user is in `RequestStorage` under ``User``, for handlers and for Socket.IO handshakes.
/// Passwords are sent practically unencrypted, so use TLS. A browser also sends them with requests that other sites
/// cause: put `CSRF` in front. Preflight requests carry no credentials: put ``CORS`` in front as well.
public struct BasicAuthentication: Middleware {
    /// The key of the user's name in `RequestStorage`.
    public enum User: RequestStorageKey {
        /// The name, as the client sent it.
        public typealias Value = String
    }

    private enum Check: Sendable {
        case table(SecretSet)
        case closure(@Sendable (String, String) async throws -> Bool)
    }

    private let challenge: Challenge
    private let check: Check

    /// Admits the users of a table.
    ///
    /// Each request is compared with all of them in constant time, so the table should be small.
    /// - Parameters:
    ///   - realm: a description of what the password protects, which some browsers show; without control characters.
    ///   - users: passwords by user name. A name with a colon is ignored, because clients can't send it.
    public init(realm: String = "Restricted", users: [String: String]) {
        challenge = Challenge("Basic", realm: realm)
        check = .table(
            SecretSet(users.filter { !$0.key.utf8.contains(UInt8(ascii: ":")) }.map { "\($0.key):\($0.value)" })
        )
    }

    /// Admits the users that `verify` accepts.
    ///
    /// - Parameters:
    ///   - realm: a description of what the password protects, which some browsers show; without control characters.
    ///   - verify: checks a name and a password. It starts on the connection's loop, so run slow hashes elsewhere, and
    ///     compare in constant time. An error that it throws is answered like a handler's error.
    public init(
        realm: String = "Restricted",
        verify: @escaping @Sendable (_ user: String, _ password: String) async throws -> Bool
    ) {
        challenge = Challenge("Basic", realm: realm)
        check = .closure(verify)
    }

    /// Answers with the answer of `next`, or with 401; immediately, unless `verify` has to be awaited.
    public func answer(_ request: Request, next: any Handler) -> Answer {
        guard let credentials = credentials(of: request) else { return .failed(refusal) }
        switch check {
        case .table(let secrets):
            guard secrets.contains("\(credentials.user):\(credentials.password)") else { return .failed(refusal) }
            return next.answer(admitted(request, credentials.user))
        case .closure(let verify):
            return .pending {
                guard try await verify(credentials.user, credentials.password) else { throw refusal }
                return try await next.answer(admitted(request, credentials.user)).response()
            }
        }
    }

    private func credentials(of request: Request) -> (user: String, password: String)? {
        guard let encoded = challenge.credentials(of: request), let data = Data(base64Encoded: encoded),
            let text = String(validating: data, as: UTF8.self), let colon = text.utf8.firstIndex(of: UInt8(ascii: ":"))
        else { return nil }
        return (String(text[..<colon]), String(text[text.utf8.index(after: colon)...]))
    }

    private func admitted(_ request: Request, _ user: String) -> Request {
        var request = request
        request.storage[User.self] = user
        return request
    }

    private var refusal: HTTPError { challenge.refusal(", charset=\"UTF-8\"") }
}
