import GustHTTP
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads one piece of a file on another thread, for connections on which the operating system can't send files.
enum FilePiece {
    /// The length of a piece, in bytes.
    static let length = 64 * 1_024

    /// Reads the first piece of `region`, and calls `completion` on the loop with its bytes, or with nil if the file has become
    /// shorter than `region`, can't be read, or if too much work waits for a thread.
    ///
    /// The file must stay open until `completion` is called.
    static func read(_ region: FileRegion, _ loop: LoopContext, _ completion: @escaping (ByteBuffer?) -> Void) {
        let eventLoop = loop.executor.eventLoop
        let completion = NIOLoopBound(completion, eventLoop: eventLoop)
        let count = min(region.readableBytes, length)
        loop.executor.offloader.run { hasRoom in
            let bytes = hasRoom ? read(count, of: region) : nil
            eventLoop.execute { completion.value(bytes) }
        }
    }

    private static func read(_ count: Int, of region: FileRegion) -> ByteBuffer? {
        do {
            return try region.fileHandle.withUnsafeFileDescriptor { descriptor in
                var bytes = ByteBuffer()
                bytes.reserveCapacity(count)
                while bytes.readableBytes < count {
                    let offset = region.readerIndex + bytes.readableBytes
                    let missing = count - bytes.readableBytes
                    let received = bytes.writeWithUnsafeMutableBytes(minimumWritableBytes: missing) { space in
                        max(0, pread(descriptor, space.baseAddress, missing, off_t(offset)))
                    }
                    guard received > 0 else { return nil }
                }
                return bytes
            }
        } catch {
            // The file is closed: it can't be sent.
            return nil
        }
    }
}
