#if TLS
import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOHTTP2
import Testing

@testable import GustServer
@testable import GustTLS

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Parts of files on streams of HTTP/2, which are read piece by piece.
@Suite struct HTTP2FileTests {
    /// A temporary file of zeros, deleted when it is opened.
    private func temporaryFile(length: Int) throws -> NIOFileHandle {
        var path = Array("/tmp/gust-h2-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        unlink(path)
        try #require(ftruncate(descriptor, off_t(length)) == 0)
        return NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
    }

    private func region(_ handle: NIOFileHandle, _ length: Int) -> FileRegion {
        FileRegion(fileHandle: handle, readerIndex: 0, endIndex: length)
    }

    @Test func `a part of a file is sent, with what is written around it`() throws {
        let handle = try temporaryFile(length: 300_000)
        defer { try? handle.close() }
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        var outcome: Bool?
        writers[0].headers[.contentLength] = "300010"
        writers[0].write(ByteBuffer(string: "first"))
        writers[0].write(region(handle, 300_000))
        writers[0].write(ByteBuffer(string: "last"))
        writers[0].finish(ByteBuffer(string: "!")) { outcome = $0 }
        let answer = try wire.answer(stream)
        #expect(answer.body.readableBytes == 300_010 && answer.hasEnded && outcome == true)
        #expect(answer.text.hasPrefix("first\0") && answer.text.hasSuffix("\0last!"))
    }

    @Test func `a file is read only as fast as the client reads`() throws {
        let handle = try temporaryFile(length: 10_000_000)
        defer { try? handle.close() }
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        wire.readsBodies = false
        let stream = try wire.request()
        writers[0].write(region(handle, 10_000_000))
        #expect(!writers[0].isWritable)
        #expect(try wire.answer(stream).body.readableBytes == 65_535)
        let exchange = try wire.server.pipeline.syncOperations.handler(type: HTTP2ConnectionHandler.self).streams[
            stream
        ]
        #expect((exchange?.unsentBytes ?? .max) <= 2 * HTTPStreamExchange.maximumUnsent)
    }

    @Test func `a file that has become shorter resets the stream`() throws {
        let handle = try temporaryFile(length: 100_000)
        defer { try? handle.close() }
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        let stream = try wire.request()
        writers[0].headers[.contentLength] = "200000"
        writers[0].write(region(handle, 200_000))
        writers[0].finish()
        let answer = try wire.answer(stream)
        #expect(answer.reset == .internalError && !answer.hasEnded)
        #expect(wire.isOpen)
    }

    @Test func `the end of the stream ends the reading, and its completion is called`() throws {
        let handle = try temporaryFile(length: 1_000_000)
        defer { try? handle.close() }
        let writers = Writers()
        let wire = try HTTP2Wire(writers.handler)
        wire.readsBodies = false
        let stream = try wire.request()
        var outcome: Bool?
        writers[0].write(region(handle, 1_000_000))
        writers[0].finish(ByteBuffer()) { outcome = $0 }
        try wire.send(.rstStream(.cancel), on: stream)
        #expect(outcome == false)
    }
}
#endif
