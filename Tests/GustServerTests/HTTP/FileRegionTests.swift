import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import NIOPosix
import Synchronization
import Testing

@testable import GustServer

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A part of a file that can't be sent in full ends the connection.
@Suite struct FileRegionTests {
    private static let get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n"

    /// A temporary file, deleted when it is opened.
    private func temporaryFile(length: Int) throws -> NIOFileHandle {
        var path = Array("/tmp/gust-region-XXXXXX".utf8CString)
        let descriptor = mkstemp(&path)
        try #require(descriptor >= 0)
        unlink(path)
        try #require(ftruncate(descriptor, off_t(length)) == 0)
        return NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: descriptor)
    }

    private func cut(_ handle: NIOFileHandle, to length: Int) throws {
        let result = try handle.withUnsafeFileDescriptor { ftruncate($0, off_t(length)) }
        try #require(result == 0)
    }

    private func sending(_ handle: NIOFileHandle) throws -> Wire {
        let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 1_000)
        return try Wire(
            ImmediateHandler { _ in
                Response(
                    headers: [.contentLength: "1000"],
                    body: .stream { writer in
                        writer.write(region)
                        writer.finish()
                    }
                )
            }
        )
    }

    /// Holds writes back, like a socket whose peer reads slowly.
    private final class SlowSocket: ChannelOutboundHandler {
        typealias OutboundIn = IOData
        private var waiting: [EventLoopPromise<Void>] = []
        private(set) var kinds: [Kind] = []

        enum Kind: Equatable { case bytes, file(Int) }

        func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
            switch unwrapOutboundIn(data) {
            case .byteBuffer: kinds.append(.bytes)
            case .fileRegion(let region): kinds.append(.file(region.readableBytes))
            }
            if let promise { waiting.append(promise) }
        }

        func letGo() {
            let waiting = waiting
            self.waiting = []
            for promise in waiting { promise.succeed() }
        }

        func handlerRemoved(context: ChannelHandlerContext) {
            for promise in waiting { promise.fail(ChannelError.ioOnClosedChannel) }
        }
    }

    @Test func `a file that is shorter than the region to send ends the connection`() throws {
        let handle = try temporaryFile(length: 999)
        defer { try? handle.close() }
        let wire = try sending(handle)
        try wire.send(Self.get)
        #expect(!wire.isOpen)
    }

    @Test func `a file that is truncated while it is sent ends the connection at once`() throws {
        let handle = try temporaryFile(length: 1_000)
        defer { try? handle.close() }
        let wire = try sending(handle)
        let socket = SlowSocket()
        try wire.channel.pipeline.syncOperations.addHandler(socket, position: .first)
        try wire.send(Self.get)
        wire.loop.advanceTime(by: .seconds(10))
        #expect(wire.isOpen)
        try cut(handle, to: 500)
        wire.loop.advanceTime(by: .milliseconds(250))
        #expect(!wire.isOpen)
    }

    @Test func `a file may be truncated after it has been sent`() throws {
        let handle = try temporaryFile(length: 1_000)
        defer { try? handle.close() }
        let wire = try sending(handle)
        let socket = SlowSocket()
        try wire.channel.pipeline.syncOperations.addHandler(socket, position: .first)
        try wire.send(Self.get)
        socket.letGo()
        try cut(handle, to: 0)
        wire.loop.advanceTime(by: .seconds(10))
        #expect(wire.isOpen)
    }

    private final class Owner: Sendable {}

    @Test func `a file as the whole body is sent with its length, and stays open until it has been sent`() throws {
        let handle = try temporaryFile(length: 1_000)
        defer { try? handle.close() }
        weak var owner: Owner?
        let wire: Wire
        do {
            let opened = Owner()
            owner = opened
            let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 1_000)
            let content = Mutex<FileContent?>(
                FileContent(region, of: opened, bytes: ByteBuffer(repeating: 0, count: 1_000))
            )
            wire = try Wire(
                ImmediateHandler { _ in
                    // Given away, so that only the connection keeps the owner.
                    content.withLock { $0.take() }.map { Response(prepared: .none, .file($0)) }
                        ?? Response("", status: .internalServerError)
                }
            )
        }
        let socket = SlowSocket()
        try wire.channel.pipeline.syncOperations.addHandler(socket, position: .first)
        try wire.send(Self.get)
        #expect(owner != nil)
        #expect(socket.kinds == [.bytes, .file(1_000)])
        socket.letGo()
        #expect(owner == nil)
        #expect(wire.isOpen)
    }

    @Test func `HEAD gets the length of a file, and no part of it`() throws {
        let handle = try temporaryFile(length: 1_000)
        defer { try? handle.close() }
        let region = FileRegion(fileHandle: handle, readerIndex: 0, endIndex: 1_000)
        let wire = try Wire(
            ImmediateHandler { _ in Response(prepared: .none, .file(FileContent(region, of: Owner()))) }
        )
        let head = try wire.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n")
        #expect(head.contains("Content-Length: 1000\r\n"))
        #expect(head.hasSuffix("\r\n\r\n"))
        #expect(wire.isOpen)
    }
}
