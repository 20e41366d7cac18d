package import NIOCore

/// A frame that several WebSockets send.
///
/// `@unchecked Sendable`: nothing changes after the initializer. The bytes of the buffer neither: they are retained, and a `ByteBuffer` copies
/// its bytes before a change if anybody else retains them.
package class SharedFrame: @unchecked Sendable {
    /// The frame as a channel takes it.
    package let buffer: ByteBuffer
    /// The bytes of ``buffer``, valid as long as the frame exists.
    ///
    /// They are handed to the operating system without the checks that each access to a `ByteBuffer` makes, a tenth of a delivery.
    package let bytes: UnsafeRawBufferPointer
    private let storage: Unmanaged<AnyObject>

    /// Makes a frame of the readable bytes of a buffer.
    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
        (bytes, storage) = buffer.withUnsafeReadableBytesWithStorageManagement { ($0, $1.retain()) }
    }

    deinit { storage.release() }
}
