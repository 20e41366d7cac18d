import GustHTTP
import HTTPTypes
import NIOCore

/// The state of one file at one time: its metadata, its encodings and, if they are small, their bytes.
struct StoredFile: Sendable {
    /// One encoding of the file: a representation (RFC 9110 §3.2) with its own header fields.
    struct Representation: Sendable {
        /// The content coding; nil for the unencoded file.
        var coding: String?
        /// The value of `ETag`.
        var tag: String
        /// The length in bytes.
        var length: Int
        /// The bytes, if they are kept in memory.
        var bytes: ByteBuffer?
        /// The path of the bytes if they aren't kept in memory.
        var path: FilePath
        /// The metadata of the file at ``path`` when it was described.
        var metadata: OpenFile.Metadata
        /// The header fields of a 200 response with this representation.
        var headers: HTTPFields {
            didSet { if versionedHeaders != nil { setVersionedHeaders() } }
        }
        /// The same for a request with the version of the file; nil as long as there is no version.
        private(set) var versionedHeaders: HTTPFields?

        mutating func setVersionedHeaders() {
            var versioned = headers
            versioned[.cacheControl] = "public, max-age=31536000, immutable"
            versionedHeaders = versioned
        }
    }

    /// The unencoded file.
    var identity: Representation
    /// The other encodings, in the server's order of preference.
    var encodings: [Representation]
    /// Whether the file should get a gzip encoding, and doesn't have one yet.
    var wantsCompression: Bool
    /// The version of the contents; nil until a URL with a version has been made or requested.
    private(set) var version: String?
    /// The query of a URL with the version.
    private(set) var versionQuery: String?

    /// The time when the unencoded file was modified, which also counts for its encodings.
    var modified: HTTPDate { identity.metadata.modified }

    /// Sets the version of the contents, and the header fields for requests with it.
    mutating func setVersion(_ version: String) {
        self.version = version
        versionQuery = "v=\(version)"
        identity.setVersionedHeaders()
        for index in encodings.indices { encodings[index].setVersionedHeaders() }
    }

    /// The number of bytes in memory, including an estimate for the entry itself.
    var cost: Int {
        encodings.reduce(1_024 + (identity.bytes?.readableBytes ?? 0)) { $0 + ($1.bytes?.readableBytes ?? 0) + 512 }
    }

    /// The representation for a client: an encoding whose weight is at least that of the identity, or else the
    /// identity.
    func representation(for accepted: AcceptedEncodings) -> Representation {
        guard !encodings.isEmpty, let coding = accepted.preferred(among: encodings.compactMap(\.coding)) else {
            return identity
        }
        return encodings.first { $0.coding == coding } ?? identity
    }
}
