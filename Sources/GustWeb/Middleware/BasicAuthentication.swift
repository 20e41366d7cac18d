public import GustHTTP
import HTTPTypes

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Lets through who knows a user's name and password, and answers the others 401: a browser then asks for them (RFC 7617).
///
/// ```swift
/// app.group("/admin", through: BasicAuthentication(realm: "Admin", users: ["ada": "secret"])) { … }
/// ```
///
/// The name is in ``RequestStorage`` then, under ``User``, for handlers and for Socket.IO handshakes. Passwords cross the
/// network as good as unencrypted, so use TLS. A browser sends them with requests of other sites too: put ``CSRF`` in front.
/// Preflights come without them: put ``CORS`` in front as well.
public struct BasicAuthentication: Middleware {
    /// Where the name of the user is kept in ``RequestStorage``.
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

    /// Lets these users through.
    ///
    /// All of them are compared with each request, in constant time, so this is for a few.
    /// - Parameters:
    ///   - realm: what the password is for, which some browsers show; without control characters.
    ///   - users: passwords by name. A name with a colon can't be sent.
    public init(realm: String = "Restricted", users: [String: String]) {
        challenge = Challenge("Basic", realm: realm)
        check = .table(
            SecretSet(users.filter { !$0.key.utf8.contains(UInt8(ascii: ":")) }.map { "\($0.key):\($0.value)" })
        )
    }

    /// Lets through whom `verify` knows.
    ///
    /// - Parameters:
    ///   - realm: what the password is for, which some browsers show; without control characters.
    ///   - verify: is given name and password, on the connection's loop until it first waits. Keep slow hashes off the loop,
    ///     and compare in constant time. What it throws is answered as errors are.
    public init(
        realm: String = "Restricted",
        verify: @escaping @Sendable (_ user: String, _ password: String) async throws -> Bool
    ) {
        challenge = Challenge("Basic", realm: realm)
        check = .closure(verify)
    }

    /// Answers with what is behind it, or 401; at once unless a closure has to be awaited.
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
