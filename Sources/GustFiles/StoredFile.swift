import GustHTTP
import NIOCore

/// The state of one file at one time: its metadata, its encodings and, if they are small, their bytes.
final class StoredFile: Sendable {
    /// The unencoded file.
    let identity: Representation
    /// The other encodings, in the server's order of preference.
    let encodings: [Representation]
    /// The codings of ``encodings``.
    private let codings: [String]
    /// Whether the file should get a gzip encoding, and doesn't have one yet.
    let wantsCompression: Bool
    /// The version of the contents; nil until a URL with a version has been made or requested.
    let version: String?
    /// The query of a URL with the version.
    let versionQuery: String?

    init(
        identity: Representation,
        encodings: [Representation],
        wantsCompression: Bool,
        version: String? = nil
    ) {
        self.identity = identity
        self.encodings = encodings
        codings = encodings.compactMap(\.coding)
        self.wantsCompression = wantsCompression
        self.version = version
        versionQuery = version.map { "v=\($0)" }
    }

    /// The time when the unencoded file was modified, which also counts for its encodings.
    var modified: HTTPDate { identity.metadata.modified }

    /// The same file with the version of its contents.
    func with(version: String) -> StoredFile {
        StoredFile(identity: identity, encodings: encodings, wantsCompression: wantsCompression, version: version)
    }

    /// The same file after the attempt to compress it, with the encoding if it is shorter.
    func compressed(_ encoding: Representation?) -> StoredFile {
        StoredFile(
            identity: identity,
            encodings: encodings + (encoding.map { [$0] } ?? []),
            wantsCompression: false,
            version: version
        )
    }

    /// The number of bytes in memory, including an estimate for the entry itself.
    var cost: Int {
        encodings.reduce(1_024 + (identity.bytes?.readableBytes ?? 0)) { $0 + ($1.bytes?.readableBytes ?? 0) + 512 }
    }

    /// The representation for a client: an encoding whose weight is at least that of the identity, or else the
    /// identity.
    func representation(for accepted: AcceptedEncodings) -> Representation {
        guard !encodings.isEmpty, let coding = accepted.preferred(among: codings) else {
            return identity
        }
        return encodings.first { $0.coding == coding } ?? identity
    }
}
