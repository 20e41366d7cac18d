import GustHTTP
import HTTPTypes
import NIOCore
import Synchronization

/// The content of an upload, shared by all its copies.
final class UploadContent: Sendable {
    enum Storage: Sendable {
        case memory(ByteBuffer)
        case file(SpooledFile)
    }

    let storage: Storage
    private let request: Request

    init(_ storage: Storage, _ request: Request) {
        self.storage = storage
        self.request = request
    }

    func bytes(_ size: Int, upTo limit: Int) async throws -> ByteBuffer {
        guard size <= limit else { throw HTTPError(.contentTooLarge) }
        switch storage {
        case .memory(let bytes): return bytes
        case .file(let file): return try await request.offload { () throws -> ByteBuffer in try file.read(size) }
        }
    }

    func move(to path: String) async throws {
        let (storage, executor) = (storage, request.executor)
        try await request.offload { () throws -> Void in
            switch storage {
            case .file(let file): try file.move(to: path)
            case .memory(let bytes):
                let file = try SpooledFile(beside: path, executor)
                try file.write(bytes)
                try file.finish()
                try file.move(to: path)
            }
        }
    }
}
