extension Collection<UInt8> {
    /// Whether both collections have the same bytes.
    ///
    /// The result is that of `elementsEqual`, but eight bytes are compared at a time, because table keys are compared for each
    /// request and each message.
    @inlinable
    package func hasSameBytes(as other: some Collection<UInt8>) -> Bool {
        let outcome = withContiguousStorageIfAvailable { bytes in
            other.withContiguousStorageIfAvailable { otherBytes in
                UnsafeRawBufferPointer(bytes).hasSameWords(as: UnsafeRawBufferPointer(otherBytes))
            }
        }
        if case .some(.some(let isSame)) = outcome { return isSame }
        return elementsEqual(other)
    }
}

extension UnsafeRawBufferPointer {
    @usableFromInline
    func hasSameWords(as other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        var offset = 0
        while offset + MemoryLayout<UInt64>.size <= count {
            let word = loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            guard word == other.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
            offset += MemoryLayout<UInt64>.size
        }
        while offset < count {
            guard self[offset] == other[offset] else { return false }
            offset += 1
        }
        return true
    }
}
