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

    /// Whether these bytes, which are those of a token, are `lowercase`, ignoring the case of ASCII letters.
    ///
    /// `lowercase` has small letters, digits and hyphens only. These have the bit 0x20, and so has each letter of a token once it is set;
    /// no other character of a token becomes one of them by it (RFC 9110 §5.6.2). So eight bytes are compared at a time.
    func isToken(_ lowercase: UnsafeRawBufferPointer) -> Bool {
        guard count == lowercase.count else { return false }
        guard count >= MemoryLayout<UInt64>.size else {
            return lowercase.indices.allSatisfy { self[$0] | 0x20 == lowercase[$0] }
        }
        let bits: UInt64 = 0x2020_2020_2020_2020
        let last = count - MemoryLayout<UInt64>.size
        var offset = 0
        // As in `hasSameWords(as:)`, the last word overlaps the one before it.
        while offset < last {
            guard word(at: offset) | bits == lowercase.word(at: offset) else { return false }
            offset += MemoryLayout<UInt64>.size
        }
        return word(at: last) | bits == lowercase.word(at: last)
    }

    /// Whether all bytes are visible ASCII characters: greater than 0x20 and less than 0x7F; with `spaces`, also 0x20.
    package func isVisibleASCII(spaces: Bool = false) -> Bool {
        let first: UInt8 = spaces ? 0x20 : 0x21
        guard count >= MemoryLayout<UInt64>.size else { return allSatisfy { $0 >= first && $0 < 0x7F } }
        let ones: UInt64 = 0x0101_0101_0101_0101
        let last = count - MemoryLayout<UInt64>.size
        var refused: UInt64 = 0
        var offset = 0
        while true {
            let word = word(at: offset)
            // The upper bit of a byte becomes set in the difference if the byte is less than `first`, in the sum if it is 0x7F, and is
            // set in the word if it isn't ASCII. A byte that isn't refused can get the bit by a carry from one that is, and not else.
            refused |= (word &- ones &* UInt64(first)) | (word &+ ones) | word
            guard offset < last else { return refused & (ones &* 0x80) == 0 }
            // The last word overlaps the one before it.
            offset = Swift.min(offset + MemoryLayout<UInt64>.size, last)
        }
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
