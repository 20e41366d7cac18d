import GustHTTP
import HTTPTypes
import NIOCore

/// What is known of one file at one moment: its metadata, its encodings and, if they are small, their bytes.
struct StoredFile: Sendable {
    /// One encoding of the file: a representation (RFC 9110 §3.2) with header fields of its own.
    struct Representation: Sendable {
        /// The content coding; nil for the file as it is.
        var coding: String?
        /// The field `ETag`.
        var tag: String
        /// The length in bytes.
        var length: Int
        /// The bytes, if they are kept.
        var bytes: ByteBuffer?
        /// Where the bytes are if they aren't kept.
        var path: FilePath
        /// The state of the file at ``path`` that this describes.
        var metadata: OpenFile.Metadata
        /// The fields of an answer with this representation in full.
        var headers: HTTPFields
    }

    /// The file as it is.
    var identity: Representation
    /// The other encodings, most wanted first.
    var encodings: [Representation]
    /// Whether a gzip encoding is worth making, and hasn't been made.
    var wantsCompression: Bool

    /// When the file was changed; its encodings count as changed with it.
    var modified: HTTPDate { identity.metadata.modified }

    /// How many bytes this holds, with an allowance for the entry itself.
    var cost: Int {
        encodings.reduce(1_024 + (identity.bytes?.readableBytes ?? 0)) { $0 + ($1.bytes?.readableBytes ?? 0) + 512 }
    }

    /// The encoding for a client: the identity, or one that it wants at least as much.
    func representation(for accepted: AcceptedEncodings) -> Representation {
        guard !encodings.isEmpty, let coding = accepted.preferred(among: encodings.compactMap(\.coding)) else {
            return identity
        }
        return encodings.first { $0.coding == coding } ?? identity
    }
}
