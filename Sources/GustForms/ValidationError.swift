public import GustHTTP
import HTTPTypes
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The error of a value that isn't valid, with all its faults.
///
/// It is answered with 422 and a problem document (`application/problem+json`, RFC 9457), whose member `errors` has a `pointer` and
/// a `detail` for each fault. An error handler for this type can answer with a page instead. A handler of an event that throws it is
/// acknowledged with the places and messages.
public struct ValidationError: PublicError, ResponseConvertible, CustomStringConvertible {
    /// The faults, at least one and at most 100, in the order in which they were found.
    public let faults: [ValidationFault]

    init(_ faults: [ValidationFault]) { self.faults = faults }

    /// The places and messages.
    public var description: String {
        faults.map { $0.place.isEmpty ? $0.message : "\($0.place): \($0.message)" }.joined(separator: "; ")
    }

    /// The places and messages.
    public var publicText: String { description }

    /// The problem document, with status 422.
    ///
    /// - Throws: `EncodingError` if the document can't be encoded.
    public func response(for request: Request) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        let errors = faults.map { Document.Fault(detail: $0.message, pointer: $0.pointer) }
        let bytes = ByteBuffer(bytes: try encoder.encode(Document(errors: errors)))
        return Response(
            status: .unprocessableContent,
            headers: [.contentType: "application/problem+json"],
            body: .bytes(bytes)
        )
    }

    private struct Document: Encodable {
        struct Fault: Encodable {
            let detail: String
            let pointer: String
        }

        let type = "about:blank"
        let title = "Unprocessable Content"
        let status = 422
        let errors: [Fault]
    }
}
