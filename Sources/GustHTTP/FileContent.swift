import HTTPTypes
package import NIOCore

/// A part of an open file that is the whole body of a response.
package struct FileContent: Sendable {
    package let region: FileRegion
    /// Keeps the file open; released when the part has been sent, or can't be.
    package let owner: any AnyObject & Sendable

    /// The same bytes in memory, for connections that can't send files; nil if they aren't there.
    package let bytes: ByteBuffer?

    package init(_ region: FileRegion, of owner: any AnyObject & Sendable, bytes: ByteBuffer? = nil) {
        self.region = region
        self.owner = owner
        self.bytes = bytes
    }

    /// The body for code that knows no files: the bytes, or a stream with its length.
    var body: ResponseBody {
        if let bytes { return .bytes(bytes) }
        return .stream { [self] writer in
            writer.headers[.contentLength] = String(region.readableBytes)
            writer.write(region)
            writer.finish(ByteBuffer()) { _ in withExtendedLifetime(owner) {} }
        }
    }
}
