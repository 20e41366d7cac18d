public import GustHTTP
public import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A problem document: an error that programs can read (RFC 9457), sent as `application/problem+json`.
///
/// ```swift
/// throw Problem(.conflict, type: "https://example.com/problems/credit", title: "No credit", members: ["balance": 30])
/// ```
/// It can be thrown and returned.
public struct Problem: PublicError, ResponseConvertible {
    /// A URI that identifies the kind of problem; `about:blank` means that the status says all.
    public var type: String
    /// What the kind of problem is called.
    public var title: String
    /// The status of the response, which is also a member of the document.
    public var status: HTTPResponse.Status
    /// What happened this time; nil leaves the member out.
    ///
    /// The client receives this text, so it must not contain secrets.
    public var detail: String?
    /// A URI that identifies this occurrence; nil leaves the member out.
    public var instance: String?
    /// Further members; those called like a member of the standard are left out.
    public var members: [String: any Encodable & Sendable]  // bytes: names of members of our own

    /// Makes a problem; if `title` is nil, the reason phrase of the status is the title.
    public init(
        _ status: HTTPResponse.Status,
        type: String = "about:blank",
        title: String? = nil,
        detail: String? = nil,
        instance: String? = nil,
        members: [String: any Encodable & Sendable] = [:]  // bytes: names of members of our own
    ) {
        self.status = status
        self.type = type
        self.title = title ?? status.reasonPhrase
        self.detail = detail
        self.instance = instance
        self.members = members
    }

    /// The detail, or the title if there is none.
    public var publicText: String { detail ?? title }

    /// The document, by the encoder of the middleware ``JSONCoding``.
    ///
    /// - Throws: `EncodingError` if a member can't be encoded.
    public func response(for request: Request) throws -> Response {
        let text = try JSONCoders.coders(for: request).encode(Document(problem: self))
        return Response(
            status: status,
            headers: [.contentType: "application/problem+json"],
            body: .bytes(text)
        )
    }

    private struct Document: Encodable {
        let problem: Problem

        private struct Key: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }

            init(stringValue: String) { self.stringValue = stringValue }

            init?(intValue: Int) { return nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            for (name, value) in problem.members
            where !["type", "title", "status", "detail", "instance"].contains(name) {
                try container.encode(value, forKey: Key(stringValue: name))
            }
            try container.encode(problem.type, forKey: Key(stringValue: "type"))
            try container.encode(problem.title, forKey: Key(stringValue: "title"))
            try container.encode(problem.status.code, forKey: Key(stringValue: "status"))
            try container.encodeIfPresent(problem.detail, forKey: Key(stringValue: "detail"))
            try container.encodeIfPresent(problem.instance, forKey: Key(stringValue: "instance"))
        }
    }
}
