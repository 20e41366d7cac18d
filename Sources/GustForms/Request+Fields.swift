public import GustHTTP
import HTTPTypes

/// Decoding of queries and forms.
extension Request {
    /// Decodes the query.
    ///
    /// ```swift
    /// struct Search: Decodable { let words: String; let page: Int?; let tags: [String] }
    /// app.get("/search") { request in
    ///     let search = try request.decodeQuery(Search.self)
    ///     return "\(search.words), page \(search.page ?? 1)"
    /// }
    /// ```
    /// `tags=a&tags=b` and `tags[]=a` are lists, and `address[city]=x` is a value of a nested type. A list without a field is
    /// empty, and a `Bool` without one is `false`, because a browser sends nothing for a box that isn't checked. `on`, `true` and
    /// `1` are true; `off`, `false`, `0` and an empty text are false. For an optional that isn't a text, an empty field is nil. Of
    /// several values of a name that isn't a list, the first counts. Dates are ISO 8601 text with a zone, or a day in UTC.
    ///
    /// At most 1,000 parameters are read. If the value is ``Validatable``, it is validated.
    /// - Returns: The value.
    /// - Throws: `HTTPError` with status 400 if a value is missing or has another type; the message names the place.
    ///   ``ValidationError`` if the value isn't valid.
    public func decodeQuery<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        let tree = try FieldNode(query.lazy.map { (name: $0.name, value: FieldNode.Value.text($0.value)) })
        return try Self.decode(type, tree)
    }

    /// Decodes a form; its properties of type ``Upload`` are the files.
    ///
    /// ```swift
    /// struct Profile: Decodable { let name: String; let picture: Upload? }
    /// app.post("/profile") { request in
    ///     let profile = try await request.decodeForm(Profile.self, limits: UploadLimits(body: 5 << 20))
    ///     return "\(profile.name) sent \(profile.picture?.size ?? 0) bytes"
    /// }
    /// ```
    /// The body may be `application/x-www-form-urlencoded` or `multipart/form-data`. The fields are read as by
    /// ``decodeQuery(_:)``.
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - limits: How much is accepted, and where files are kept.
    /// - Returns: The value.
    /// - Throws: The errors of ``uploads(_:)``; `HTTPError` with status 400 if a value is missing or has another type;
    ///   ``ValidationError`` if the value isn't valid.
    public func decodeForm<Value: Decodable>(
        _ type: Value.Type = Value.self,
        limits: UploadLimits = UploadLimits()
    ) async throws -> Value {
        try Self.decode(type, await uploads(limits).tree)
    }

    /// Decodes a body of JSON or of a form, whichever the client has sent.
    ///
    /// - Parameters:
    ///   - type: The type to decode.
    ///   - limits: How much is accepted; for JSON, only the limit of the body is used.
    /// - Returns: The value.
    /// - Throws: The errors of `decode(_:upTo:decoder:)` and of ``decodeForm(_:limits:)``; `HTTPError` with status 415 if the body
    ///   has another type.
    public func decodeContent<Value: Decodable & SendableMetatype>(
        _ type: Value.Type = Value.self,
        limits: UploadLimits = UploadLimits()
    ) async throws -> Value {
        let essence =
            headers[.contentType]?.pieces(on: UInt8(ascii: ";"), maxSplits: 1).first?.trimmingSpaces()
            .lowercasedASCII() ?? ""
        if essence.hasSameBytes(as: "application/x-www-form-urlencoded") || isMultipart {
            return try await decodeForm(type, limits: limits)
        }
        let value = try await decode(type, upTo: limits.body)
        try (value as? any Validatable)?.validate()
        return value
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ tree: FieldNode) throws -> Value {
        let value: Value
        do {
            value = try Value(from: FieldDecoder(node: tree, codingPath: []))
        } catch let error as DecodingError {
            throw HTTPError(.badRequest, DecodingPlace.explanation(of: error))
        }
        try (value as? any Validatable)?.validate()
        return value
    }
}
