package import NIOCore

extension ByteBuffer {
    /// Makes a buffer of the `length` bytes that `write` stores in the given memory, all of them.
    package init(textOf length: Int, writtenBy write: (UnsafeMutableRawBufferPointer) -> Void) {
        self = ByteBufferAllocator().buffer(capacity: length)
        writeWithUnsafeMutableBytes(minimumWritableBytes: length) { output in
            write(UnsafeMutableRawBufferPointer(rebasing: output[..<length]))
            return length
        }
    }
}
