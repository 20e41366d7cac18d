import GustHTTP
import HTTPTypes
import NIOCore

/// One encoding of a file: a representation (RFC 9110 §3.2) with its own header fields.
///
/// The fields of each kind of response are made once, so that a response only refers to them.
final class Representation: Sendable {
    /// The content coding; nil for the unencoded file.
    let coding: String?
    /// The value of `ETag`.
    let tag: String
    /// The bytes, if they are kept in memory.
    let bytes: ByteBuffer?
    /// The length in bytes.
    let length: Int
    /// The path of the file.
    let path: FilePath
    /// Whether the file at ``path`` has these bytes; false if they were compressed here.
    let isStored: Bool
    /// The metadata of the file at ``path`` when it was described.
    let metadata: OpenFile.Metadata
    private let fields: PreparedFields
    private let versionedFields = LazyReference<PreparedFields>()
    private let notModifiedFields = LazyReference<PreparedFields>()
    private let versionedNotModifiedFields = LazyReference<PreparedFields>()

    init(
        coding: String?,
        tag: String,
        bytes: ByteBuffer?,
        length: Int,
        path: FilePath,
        isStored: Bool = true,
        metadata: OpenFile.Metadata,
        fields: HTTPFields
    ) {
        self.coding = coding
        self.tag = tag
        self.bytes = bytes
        self.length = length
        self.path = path
        self.isStored = isStored
        self.metadata = metadata
        self.fields = PreparedFields(fields)
    }

    /// The header fields of a 200 response; `isVersioned` if the request has the version of the file, so that the response may be cached for
    /// ever.
    func fields(isVersioned: Bool) -> PreparedFields {
        guard isVersioned else { return fields }
        return versionedFields.value {
            var versioned = fields.fields
            versioned[.cacheControl] = "public, max-age=31536000, immutable"
            return PreparedFields(versioned)
        }
    }

    /// The header fields of a 304 response: those that a cache needs, none about the body (RFC 9110 §15.4.5).
    func notModifiedFields(isVersioned: Bool) -> PreparedFields {
        let make = { [self] in
            let whole = fields(isVersioned: isVersioned).fields
            var kept: HTTPFields = [:]
            for name in [HTTPField.Name.eTag, .lastModified, .cacheControl, .vary] { kept[name] = whole[name] }
            return PreparedFields(kept)
        }
        return isVersioned ? versionedNotModifiedFields.value(make) : notModifiedFields.value(make)
    }
}
