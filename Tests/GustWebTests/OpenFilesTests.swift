import Foundation
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

@testable import GustFiles

/// Which large files stay open, and until when.
@Suite struct OpenFilesTests {
    private static let length = 100_000

    let directory: TemporaryDirectory
    let exchange = Exchange()
    let files: StaticFiles
    private var openFiles: OpenFiles { files.store.openFiles }

    init() throws {
        directory = try TemporaryDirectory()
        try directory.write(Data(repeating: 1, count: Self.length), to: "a.bin")
        files = StaticFiles(directory.path)
    }

    /// The first byte of a file, or the status of the response.
    private func firstByte(of name: String) async throws -> Int {
        let request = try exchange.request("/x", captures: [("path", name)])
        let answer = try await exchange.answer(request, from: files)
        guard answer.status == .ok else { return answer.status.code }
        #expect(answer.isStreamed && answer.bytes.readableBytes == Self.length)
        return Int(answer.bytes.getInteger(at: answer.bytes.readerIndex, as: UInt8.self) ?? 0)
    }

    private func path(_ name: String) -> String { directory.path + "/" + name }

    @Test func `a large file stays open for a second after it was opened`() async throws {
        #expect(try await firstByte(of: "a.bin") == 1)
        #expect(openFiles.count == 1)
        exchange.loop.advanceTime(by: .milliseconds(999))
        #expect(openFiles.count == 1)
        exchange.loop.advanceTime(by: .milliseconds(1))
        #expect(openFiles.count == 0)
    }

    @Test func `a file that is asked for again and again is opened once a second`() async throws {
        for _ in 0..<10 {
            exchange.loop.advanceTime(by: .milliseconds(400))
            #expect(try await firstByte(of: "a.bin") == 1)
            #expect(openFiles.count == 1)
        }
        exchange.loop.advanceTime(by: .seconds(2))
        #expect(openFiles.count == 0)
    }

    @Test func `a file that is written to isn't used further`() async throws {
        #expect(try await firstByte(of: "a.bin") == 1)
        let file = try #require(FileHandle(forWritingAtPath: path("a.bin")))
        try file.write(contentsOf: Data([2]))
        try file.close()
        try directory.setDate(784_111_777, of: "a.bin")
        #expect(try await firstByte(of: "a.bin") == 2)
    }

    @Test func `a file that is replaced or deleted isn't used further`() async throws {
        try directory.write(Data(repeating: 2, count: Self.length), to: "b.bin")
        #expect(try await firstByte(of: "a.bin") == 1)
        #expect(rename(path("b.bin"), path("a.bin")) == 0)
        #expect(try await firstByte(of: "a.bin") == 2)
        try FileManager.default.removeItem(atPath: path("a.bin"))
        #expect(try await firstByte(of: "a.bin") == 404)
    }

    @Test func `a file that is moved elsewhere is noticed within a second`() async throws {
        #expect(try await firstByte(of: "a.bin") == 1)
        #expect(rename(path("a.bin"), path("b.bin")) == 0)
        exchange.loop.advanceTime(by: .seconds(1))
        #expect(try await firstByte(of: "a.bin") == 404)
    }

    private func response(_ name: String) throws -> Response {
        let request = try exchange.request("/x", captures: [("path", name)])
        return try #require(try files.answer(request).immediateResponse)
    }

    @Test func `a file above 16 KiB is both in memory and open, a smaller one is in memory only`() throws {
        for (length, isOpen) in [(16_384, false), (16_385, true), (65_536, true)] {
            try directory.write(Data(repeating: 1, count: length), to: "\(length).bin")
            switch try response("\(length).bin").content {
            case .file(let file):
                #expect(isOpen && file.bytes?.readableBytes == length && file.region.readableBytes == length)
            case .body(.bytes(let bytes)): #expect(!isOpen && bytes.readableBytes == length)
            default: Issue.record("neither bytes nor a file")
            }
        }
        #expect(openFiles.count == 2)
    }

    @Test func `a file that was compressed here is sent from memory`() async throws {
        try directory.write(Data((0..<60_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }), to: "a.txt")
        let request = try exchange.request("/x", [.acceptEncoding: "gzip"], captures: [("path", "a.txt")])
        let compressed = try await files.answer(request).response()
        #expect(compressed.headers[.contentEncoding] == "gzip")
        guard case .body(.bytes(let bytes)) = compressed.content else {
            Issue.record("a compressed form that isn't in memory")
            return
        }
        #expect(bytes.readableBytes > FileStore.maximumCopiedSize)
    }

    @Test func `files beyond the bound don't stay open`() async throws {
        for number in 0...OpenFiles.maximumCount {
            try directory.write(Data(repeating: 3, count: Self.length), to: "\(number).bin")
            #expect(try await firstByte(of: "\(number).bin") == 3)
        }
        #expect(openFiles.count == OpenFiles.maximumCount)
        // One that is in memory isn't opened for each request.
        try directory.write(Data(repeating: 1, count: 20_000), to: "memory.bin")
        guard case .body(.bytes) = try response("memory.bin").content else {
            Issue.record("a file that was opened for one request")
            return
        }
    }

    @Test func `two responses send one open file at once, on two loops`() async throws {
        let path = try #require(FilePath("a.bin"))
        let open = try #require(try files.store.directory.open(path))
        let first = FileReading(open)
        let second = FileReading(open)
        let part = first.region(10..<12)
        let byte = try part.fileHandle.withUnsafeFileDescriptor { _ in
            // SwiftNIO uses the handle of one response; the other one has its own.
            try second.handle.withUnsafeFileDescriptor { descriptor in
                var byte: UInt8 = 0
                #expect(pread(descriptor, &byte, 1, 10) == 1)
                return byte
            }
        }
        #expect(byte == 1)
    }
}
