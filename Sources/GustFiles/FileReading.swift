import NIOCore

/// One response's use of an open file.
///
/// SwiftNIO lets one thread at a time use a file handle, and all loops send the same open file. So each response has a handle of its own,
/// for the descriptor that they share. Keep this object until all parts of the file have been sent.
final class FileReading: Sendable {
    /// The open file in the form that `FileRegion` needs.
    let handle: NIOFileHandle
    private let file: OpenFile

    init(_ file: OpenFile) {
        self.file = file
        handle = NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: file.descriptor)
    }

    deinit {
        // The descriptor belongs to `file`, which closes it. There is an error only if somebody has closed the handle, and nobody does.
        _ = try? handle.takeDescriptorOwnership()
    }

    /// A part of the file.
    func region(_ range: Range<Int>) -> FileRegion {
        FileRegion(fileHandle: handle, readerIndex: range.lowerBound, endIndex: range.upperBound)
    }
}
