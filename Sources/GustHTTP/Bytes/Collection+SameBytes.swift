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
        guard count >= MemoryLayout<UInt64>.size else { return hasSameShortBytes(as: other) }
        var offset = 0
        // The last word overlaps the one before it, so that no byte is compared alone.
        let last = count - MemoryLayout<UInt64>.size
        while offset < last {
            guard word(at: offset) == other.word(at: offset) else { return false }
            offset += MemoryLayout<UInt64>.size
        }
        return word(at: last) == other.word(at: last)
    }

    /// Compares fewer than eight bytes of each, as many of both.
    private func hasSameShortBytes(as other: UnsafeRawBufferPointer) -> Bool {
        guard count >= MemoryLayout<UInt32>.size else { return elementsEqual(other) }
        let last = count - MemoryLayout<UInt32>.size
        return halfWord(at: 0) == other.halfWord(at: 0) && halfWord(at: last) == other.halfWord(at: last)
    }

    private func word(at offset: Int) -> UInt64 { loadUnaligned(fromByteOffset: offset, as: UInt64.self) }

    private func halfWord(at offset: Int) -> UInt32 { loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
}
