import GustHTTP
import HTTPTypes
import NIOCore

/// Reads one file of a form: into memory, and from a length on into a temporary file.
struct UploadReader {
    private let request: Request
    private let limits: UploadLimits
    private var memory = ByteBuffer()
    private var file: SpooledFile?
    private var size = 0
    private let create: @Sendable (String?, LoopExecutor) throws -> SpooledFile

    init(
        _ request: Request,
        _ limits: UploadLimits,
        create: @escaping @Sendable (String?, LoopExecutor) throws -> SpooledFile
    ) {
        self.request = request
        self.limits = limits
        self.create = create
    }

    /// Reads a part; nothing more is read from the client while a piece is written to the disk.
    mutating func read(_ part: RequestPart) async throws -> Upload {
        for try await piece in part {
            size += piece.readableBytes
            guard size <= limits.file else {
                throw HTTPError(
                    .contentTooLarge,
                    "a file is longer than \(limits.file) bytes",
                    headers: [.connection: "close"]
                )
            }
            try await append(piece)
        }
        if let file { try await request.offload { () throws -> Void in try file.finish() } }
        return Upload(
            name: part.name,
            fileName: part.fileName,
            contentType: part.contentType,
            size: size,
            content: UploadContent(file.map { .file($0) } ?? .memory(memory), request)
        )
    }

    private mutating func append(_ piece: ByteBuffer) async throws {
        if let file { return try await request.offload { () throws -> Void in try file.write(piece) } }
        memory.writeImmutableBuffer(piece)
        guard size > limits.memory else { return }
        let (bytes, directory, executor, create) = (memory, limits.directory, request.executor, create)
        memory = ByteBuffer()
        file = try await request.offload { () throws -> SpooledFile in
            let file = try create(directory, executor)
            try file.write(bytes)
            return file
        }
    }
}
