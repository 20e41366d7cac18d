import GustHTTP
import GustZlib
import HTTPTypes
import NIOCore

/// Finds files below a directory, caches small files, and makes and caches gzip encodings.
struct FileStore: Sendable {
    /// The size in bytes of the largest file that is kept in memory uncompressed.
    static let maximumKeptSize = 64 * 1_024
    /// The size in bytes above which the operating system sends a file for less than the bytes in memory cost.
    static let maximumCopiedSize = 16 * 1_024
    /// The size in bytes of the largest file that is compressed, and whose encoding is kept in memory.
    static let maximumCompressedSize = 4 << 20
    /// The size in bytes of the smallest file that is compressed; compression of smaller files saves too little.
    static let minimumCompressedSize = 1_024

    let directory: FileDirectory
    let cache: FileCache
    let openFiles: OpenFiles
    let cacheRules: CacheRules
    let compresses: Bool

    /// The result of a look-up.
    enum Finding {
        /// A file, with the open file if the look-up opened it.
        case file(StoredFile, OpenFile?)
        /// A directory whose path was requested without a slash at the end.
        case directory
        case nothing
    }

    init(directory: FileDirectory, cache: FileCache, cacheRules: CacheRules, compresses: Bool) {
        self.directory = directory
        self.cache = cache
        self.cacheRules = cacheRules
        self.compresses = compresses
        openFiles = OpenFiles(lifetime: cache.freshness)
    }

    /// Looks up a path; blocks the thread until the file system responds, unless the cached file is fresh.
    func find(_ path: String, now: NIODeadline) throws -> Finding {
        let kept = cache.file(at: path, now: now)
        if let kept, kept.isFresh { return .file(kept.file, nil) }
        guard var filePath = FilePath(path) else { return .nothing }
        if filePath.isDirectory || filePath.components.isEmpty { filePath = filePath.appending("index.html") }
        guard let open = try directory.open(filePath) else {
            cache.remove(path)
            return .nothing
        }
        switch open.kind {
        case .regular:
            if let kept, try isUnchanged(kept.file, open, at: filePath) {
                cache.confirm(path, now: now)
                return .file(kept.file, open)
            }
            let file = try describe(open, at: filePath)
            cache.store(file, at: path, now: now)
            return .file(file, open)
        case .directory:
            return .directory
        case .other:
            return .nothing
        }
    }

    /// Opens the file of a representation whose bytes aren't in memory.
    ///
    /// - Returns: nil if the file has changed since it was described.
    func open(_ representation: Representation) throws -> OpenFile? {
        guard let file = try directory.open(representation.path), file.kind == .regular,
            file.metadata == representation.metadata
        else { return nil }
        return file
    }

    /// Compresses a file on the global concurrent executor and caches the result.
    ///
    /// - Returns: the file with the new encoding. Returns `file` unchanged if another request is compressing it, if the
    ///   budget of ``FileCache`` is used up, if the file can't be read, or if compression doesn't make it shorter.
    func compress(_ file: StoredFile, at path: String, now: NIODeadline) async throws -> StoredFile {
        guard cache.beginCompression(of: path, length: file.identity.length, now: now) else { return file }
        defer { cache.endCompression(of: path) }
        let identity = file.identity
        let compressed = try await withTaskExecutorPreference(globalConcurrentExecutor) { () throws -> ByteBuffer? in
            guard let bytes = try identity.bytes ?? open(identity)?.read(0..<identity.length) else { return nil }
            return try Deflator.compress(bytes, .gzip, level: 9)
        }
        let result = file.compressed(
            compressed.flatMap { $0.readableBytes < identity.length ? gzip($0, of: identity) : nil }
        )
        cache.store(result, at: path, now: now)
        return result
    }

    private func gzip(_ bytes: ByteBuffer, of identity: Representation) -> Representation {
        let tag = identity.metadata.entityTag("-gzip")
        return Representation(
            coding: "gzip",
            tag: tag,
            bytes: bytes,
            length: bytes.readableBytes,
            path: identity.path,
            isStored: false,
            metadata: identity.metadata,
            fields: responseFields(
                of: identity.path,
                coding: "gzip",
                tag,
                modified: identity.metadata.modified,
                varies: true
            )
        )
    }

    private func describe(_ open: OpenFile, at path: FilePath) throws -> StoredFile {
        let modified = open.metadata.modified
        let isCompressible = MediaTypes.isCompressible(MediaTypes.type(ofFile: path.components.last ?? ""))
        let encodings = try sideFiles(of: open, at: path, isCompressible: isCompressible).map { side in
            // Two side files may have the same size and time, but no two representations have the same tag (RFC 9110 §8.8.3).
            let tag = side.file.metadata.entityTag("-\(side.coding)")
            let fields = responseFields(of: path, coding: side.coding, tag, modified: modified, varies: true)
            return try representation(side.file, at: side.path, coding: side.coding, tag, fields)
        }
        let wantsCompression =
            compresses && isCompressible && !encodings.contains { $0.coding == "gzip" }  // bytes: both are our own
            && (Self.minimumCompressedSize...Self.maximumCompressedSize).contains(open.metadata.size)
            && cache.canKeep(open.metadata.size)
        let tag = open.metadata.entityTag()
        let varies = wantsCompression || !encodings.isEmpty
        let fields = responseFields(of: path, coding: nil, tag, modified: modified, varies: varies)
        return StoredFile(
            identity: try representation(open, at: path, coding: nil, tag, fields),
            encodings: encodings,
            wantsCompression: wantsCompression
        )
    }

    private func representation(
        _ open: OpenFile,
        at path: FilePath,
        coding: String?,
        _ tag: String,
        _ fields: HTTPFields
    ) throws -> Representation {
        let size = open.metadata.size
        var bytes: ByteBuffer?
        if size <= Self.maximumKeptSize {
            let read = try open.read(0..<size)
            // A file that is being written may be shorter than its metadata says. It isn't kept in memory; the next
            // look-up describes it again.
            if read.readableBytes == size { bytes = read }
        }
        return Representation(
            coding: coding,
            tag: tag,
            bytes: bytes,
            length: size,
            path: path,
            metadata: open.metadata,
            fields: fields
        )
    }

    /// The header fields of a 200 response.
    private func responseFields(
        of path: FilePath,
        coding: String?,
        _ tag: String,
        modified: HTTPDate,
        varies: Bool
    ) -> HTTPFields {
        var fields: HTTPFields = [
            .contentType: MediaTypes.type(ofFile: path.components.last ?? ""), .eTag: tag,
            .lastModified: modified.description, .xContentTypeOptions: "nosniff",
        ]
        if let coding { fields[.contentEncoding] = coding } else { fields[.acceptRanges] = "bytes" }
        if varies { fields[.vary] = "Accept-Encoding" }
        fields[.cacheControl] = cacheRules.value(for: path)
        return fields
    }

    /// The compressed files beside a file, without those that are outdated.
    private func sideFiles(
        of open: OpenFile,
        at path: FilePath,
        isCompressible: Bool
    ) throws -> [(coding: String, path: FilePath, file: OpenFile)] {
        guard isCompressible else { return [] }
        return try Self.sideFiles.compactMap { coding, ending in
            let sidePath = path.sibling(ending: ending)
            guard let side = try directory.open(sidePath), side.kind == .regular,
                // A compressed file that is older than the file was made from an earlier version.
                side.metadata.modified >= open.metadata.modified
            else { return nil }
            return (coding, sidePath, side)
        }
    }

    private static let sideFiles = [
        (coding: "br", ending: ".br"), (coding: "zstd", ending: ".zst"), (coding: "gzip", ending: ".gz"),
    ]

    private func isUnchanged(_ file: StoredFile, _ open: OpenFile, at path: FilePath) throws -> Bool {
        guard file.identity.metadata == open.metadata else { return false }
        let isCompressible = MediaTypes.isCompressible(MediaTypes.type(ofFile: path.components.last ?? ""))
        let kept = file.encodings.filter { $0.path != path }.map(\.metadata)
        return try sideFiles(of: open, at: path, isCompressible: isCompressible).map(\.file.metadata) == kept
    }
}
