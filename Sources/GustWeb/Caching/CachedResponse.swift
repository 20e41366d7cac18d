import GustHTTP
import HTTPTypes
import NIOCore

/// A stored response.
struct CachedResponse: Sendable {
    /// A field of `Vary` with its values in the request.
    struct VaryingField: Sendable {
        let name: String
        let value: String?

        func matches(_ headers: HTTPFields) -> Bool {
            let other = headers.joinedValues(of: name)
            guard let value, let other else { return value == nil && other == nil }
            return value.hasSameBytes(as: other)
        }
    }

    private let status: HTTPResponse.Status
    private let headers: HTTPFields
    private let body: ByteBuffer
    private let route: RouteDescription?
    /// Whether the response says that it is for everybody.
    let isPublic: Bool
    /// Whether a client can ask whether its response is still the same.
    private let hasValidator: Bool
    private let varying: [VaryingField]
    private let stored: NIODeadline
    /// How old the response was when it was stored, in seconds.
    private let initialAge: Int
    /// How long the response is fresh, in seconds.
    private let lifetime: Int
    /// The number of bytes that count towards the limit of the cache.
    let size: Int

    /// Nil if the response to `request` must not be stored (RFC 9111 §3).
    ///
    /// - Parameters:
    ///   - response: The response.
    ///   - request: The request, whose method is `GET`.
    ///   - usual: The lifetime of a response that doesn't say how long it is fresh; nil for none.
    ///   - maximumLength: The maximum length of the body.
    init?(_ response: Response, to request: Request, lifetime usual: Int?, maximumLength: Int) {
        guard Self.statuses.contains(response.status.code), response.error == nil,
            case .bytes(let bytes) = response.body, bytes.readableBytes <= maximumLength,
            !response.headers.has(.setCookie), !response.headers.has(.contentRange),
            request.storage[ContentSecurityNonce.Key.self]?.wasRead != true
        else { return nil }
        let control = CacheControl(response.headers)
        guard !control.isNoStore, !control.isNoCache, !control.isPrivate else { return nil }
        isPublic = control.isPublic || control.sharedMaximumAge != nil
        // Requests with cookies get another response often enough without a word in Vary: only one that is for everybody is shared.
        guard isPublic || !request.headers.has(.cookie) else { return nil }
        let explicit = control.sharedMaximumAge ?? control.maximumAge ?? Self.expiry(response.headers)
        guard let lifetime = explicit ?? usual, lifetime > 0 else { return nil }
        self.lifetime = lifetime
        let vary = (response.headers.joinedValues(of: "vary") ?? "").tokenElements()
        guard !vary.contains(where: { $0.hasSameBytes(as: "*") }), vary.count <= 16 else { return nil }
        varying = vary.map { name in
            let name = name.lowercasedASCII()
            return VaryingField(name: name, value: request.headers.joinedValues(of: name))
        }
        hasValidator = response.headers.has(.eTag) || response.headers.has(.lastModified)
        status = response.status
        headers = response.headers
        body = Self.compact(bytes)
        route = response.matchedRoute
        stored = request.eventLoop.now
        initialAge = response.headers[.age].map { CacheControl.seconds($0[...]) } ?? 0
        size = bytes.readableBytes + headers.reduce(256) { $0 + $1.name.rawName.utf8.count + $1.value.utf8.count }
    }

    /// The bytes, without a larger buffer of which they are a part.
    private static func compact(_ bytes: ByteBuffer) -> ByteBuffer {
        guard bytes.storageCapacity > 2 * bytes.readableBytes + 1_024 else { return bytes }
        var copy = ByteBuffer()
        copy.reserveCapacity(bytes.readableBytes)
        copy.writeImmutableBuffer(bytes)
        return copy
    }

    /// The statuses that are stored: those of RFC 9110 §15.1 whose responses are whole.
    private static let statuses: Set<Int> = [200, 203, 204, 301, 308, 404, 410]

    /// The seconds until `Expires`; 0 for an invalid date, nil without the field.
    private static func expiry(_ headers: HTTPFields) -> Int? {
        guard let field = headers[.expires] else { return nil }
        guard let date = HTTPDate(field) else { return 0 }
        let now = headers[.date].flatMap { HTTPDate($0) } ?? .now
        return max(0, date.seconds - now.seconds)
    }

    /// Whether the fields of `Vary` are the same in another request.
    func matches(_ headers: HTTPFields) -> Bool { varying.allSatisfy { $0.matches(headers) } }

    /// Whether another response varies by the same fields with the same values, so that it replaces this one.
    func isReplaced(by other: CachedResponse) -> Bool {
        varying.count == other.varying.count
            && zip(varying, other.varying).allSatisfy { mine, others in
                guard mine.name.hasSameBytes(as: others.name) else { return false }
                guard let value = mine.value, let otherValue = others.value else {
                    return mine.value == nil && others.value == nil
                }
                return value.hasSameBytes(as: otherValue)
            }
    }

    /// The age in seconds (RFC 9111 §4.2.3).
    private func age(at now: NIODeadline) -> Int {
        initialAge + Int((now - stored).nanoseconds / 1_000_000_000)
    }

    func isFresh(at now: NIODeadline) -> Bool { age(at: now) < lifetime }

    /// Whether the client accepts the response at its age.
    func satisfies(_ control: CacheControl, at now: NIODeadline) -> Bool {
        let age = age(at: now)
        return age < lifetime && age <= control.maximumAge ?? .max
            && lifetime - age >= control.minimumFreshness ?? 0
    }

    /// The response to a request, with its `Age`, or 304 or 412 by the conditions of the request.
    func response(to request: Request) -> Response {
        var response = Response(status: status, headers: headers, body: .bytes(body))
        if response.headers.has(.age) { response.headers[.age] = nil }
        response.headers.add(HTTPField(name: .age, value: "\(age(at: request.eventLoop.now))"))
        response.matchedRoute = route
        if status == .ok, hasValidator {
            ConditionalResponse.apply(request, tag: response.headers[.eTag] ?? "", to: &response)
        }
        return response
    }
}
