// Members in the order of their keys.
extension JSONWriting {
    /// Brings the members of the innermost object into the order of the bytes of their keys.
    func sortMembers(from first: Int) {
        var order = ContiguousArray(first..<keys.count)
        if keys[first...].contains(where: hasEscapes) {
            let texts = keys[first...].map { JSONStringReader.unescape(text($0)) ?? "" }
            order.sort { texts[$0 - first].utf8.lexicographicallyPrecedes(texts[$1 - first].utf8) }
        } else {
            let isSorted = (first + 1..<keys.count).allSatisfy { !precedes($0, $0 - 1) }
            guard !isSorted else { return }
            order.sort(by: precedes)
        }
        let start = keys[first].lowerBound - 1
        let members = UnsafeMutableRawBufferPointer.allocate(byteCount: output.count - start, alignment: 1)
        defer { members.deallocate() }
        var length = 0
        for index in order {
            if length > 0 {
                members[length] = UInt8(ascii: ",")
                length += 1
            }
            // A member ends at the comma before the quote of the next one.
            let end = index + 1 < keys.count ? keys[index + 1].lowerBound - 2 : output.count
            let member = text(keys[index].lowerBound - 1..<end)
            UnsafeMutableRawBufferPointer(rebasing: members[length...]).copyMemory(from: member)
            length += member.count
        }
        output.truncate(to: start)
        output.write(UnsafeRawBufferPointer(rebasing: members[..<length]))
    }

    private func text(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: output.bytes[range])
    }

    private func hasEscapes(_ key: Range<Int>) -> Bool { text(key).contains(UInt8(ascii: "\\")) }

    /// Whether the bytes of one key are before those of another.
    private func precedes(_ left: Int, _ right: Int) -> Bool {
        let (left, right) = (text(keys[left]), text(keys[right]))
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index]
        }
        return left.count < right.count
    }
}
