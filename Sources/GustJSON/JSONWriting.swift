import NIOCore

/// The text that one call encodes, with the objects and arrays that are open.
///
/// A container is a reference to this object and the place of its frame. A type may use its containers in any order; as long as it goes
/// on with an outer container only when it has finished the inner one, as nearly all types do, each value is written where it
/// belongs in the text. Otherwise ``needsTree`` is set, and the value is encoded again by ``JSONTreeEncoder``.
final class JSONWriting {
    /// What is open: a value that is still to come, an object or an array.
    struct Frame {
        enum Kind { case value, object, array }

        let kind: Kind
        /// Tells this frame from a later one at the same depth.
        let number: UInt32
        /// The number of members or elements; for a value 1 if it was written.
        var count: UInt32 = 0
        /// The number of keys in ``JSONWriting/keys`` before those of this object.
        let firstKey: Int
        /// The keys of this object.
        var seen = JSONKeyFilter()
    }

    let output: JSONOutput
    let style: JSONStyle
    /// The bytes that placeholders in the text stand for.
    var attachments: [ByteBuffer]
    /// Whether the containers were used in an order in which the text can't be written.
    // `@exclusivity(unchecked)` here and below: no access of these calls code outside of this type.
    @exclusivity(unchecked)
    private(set) var needsTree = false

    @exclusivity(unchecked)
    private(set) var frames: ContiguousArray<Frame> = []
    /// Where the keys of the open objects are in the text, in order.
    @exclusivity(unchecked)
    private(set) var keys: ContiguousArray<Range<Int>> = []
    /// The hashes of the keys of objects with many members, by depth.
    @exclusivity(unchecked)
    private var hashes: [Int: Set<Int>] = [:]
    @exclusivity(unchecked)
    private var lastNumber: UInt32 = 0

    init(_ style: JSONStyle, attachments: [ByteBuffer]) {
        output = JSONOutput()
        self.style = style
        self.attachments = attachments
        frames.reserveCapacity(8)
        keys.reserveCapacity(16)
    }

    // MARK: Frames

    /// Opens a frame.
    ///
    /// - Returns: its depth and its number.
    @inline(__always)
    func open(_ kind: Frame.Kind) -> JSONFramePlace {
        lastNumber &+= 1
        frames.append(Frame(kind: kind, number: lastNumber, firstKey: keys.count))
        switch kind {
        case .value: break
        case .object: output.write(UInt8(ascii: "{"))
        case .array: output.write(UInt8(ascii: "["))
        }
        return JSONFramePlace(depth: UInt32(truncatingIfNeeded: frames.count - 1), number: lastNumber)
    }

    /// Goes on with a frame: what is open inside of it ends.
    ///
    /// - Returns: `false` if the frame has ended already; then the value is encoded again.
    @inline(__always)
    func resume(_ place: JSONFramePlace) -> Bool {
        let depth = Int(place.depth)
        guard frames.count > depth, frames[depth].number == place.number, !needsTree else {
            needsTree = true
            return false
        }
        if frames.count > depth + 1 { close(above: depth) }
        return true
    }

    /// Ends the frames inside of the one at `depth`.
    func close(above depth: Int) {
        while frames.count > depth + 1 {
            let frame = frames.removeLast()
            switch frame.kind {
            case .value:
                // A type that encodes nothing is an object without members.
                if frame.count == 0 { output.write("{}") }
            case .array: output.write(UInt8(ascii: "]"))
            case .object:
                if style.sortsKeys, frame.count > 1 { sortMembers(from: frame.firstKey) }
                output.write(UInt8(ascii: "}"))
                while keys.count > frame.firstKey { keys.removeLast() }
                if !hashes.isEmpty { hashes[frames.count] = nil }
            }
        }
    }

    /// Begins the value of the frame itself, which can have only one.
    ///
    /// - Returns: `false` if the value is encoded again.
    func beginValue(_ place: JSONFramePlace) -> Bool {
        guard resume(place), frames[Int(place.depth)].count == 0 else {
            needsTree = true
            return false
        }
        return true
    }

    func endValue(_ place: JSONFramePlace) {
        if frames.count > Int(place.depth) { frames[Int(place.depth)].count = 1 }
    }

    /// Opens the object or array of a value; or goes on with it, if the value has begun one, as a subclass does.
    func open(_ kind: Frame.Kind, in place: JSONFramePlace) -> JSONFramePlace {
        let depth = Int(place.depth)
        guard !needsTree, frames.count > depth, frames[depth].number == place.number else {
            needsTree = true
            return .none
        }
        if frames[depth].count == 0 {
            close(above: depth)
            frames[depth].count = 1
            return open(kind)
        }
        guard frames.count > depth + 1, frames[depth + 1].kind == kind else {
            needsTree = true
            return .none
        }
        return JSONFramePlace(depth: place.depth + 1, number: frames[depth + 1].number)
    }

    /// The number of elements of an array.
    func count(of place: JSONFramePlace) -> Int {
        let depth = Int(place.depth)
        guard frames.count > depth, frames[depth].number == place.number else { return 0 }
        return Int(frames[depth].count)
    }

    // MARK: Members and elements

    /// Writes what stands before an element.
    @inline(__always)
    func beginElement(_ place: JSONFramePlace) -> Bool {
        guard resume(place) else { return false }
        if frames[Int(place.depth)].count > 0 { output.write(UInt8(ascii: ",")) }
        frames[Int(place.depth)].count &+= 1
        return true
    }

    /// Writes the key of a member.
    @inline(__always)
    func beginMember(_ key: String, _ place: JSONFramePlace) -> Bool {
        guard beginElement(place) else { return false }
        let start = output.count + 1
        output.write(string: key)
        let range = start..<output.count - 1
        output.write(UInt8(ascii: ":"))
        guard isNew(range, Int(place.depth)) else {
            needsTree = true
            return false
        }
        keys.append(range)
        return true
    }

    /// The number of members up to which keys are compared one by one.
    private static let longestScan = 16

    /// Whether the object has no such member yet.
    @inline(__always)
    private func isNew(_ key: Range<Int>, _ depth: Int) -> Bool {
        guard frames[depth].count <= Self.longestScan else { return isNewOfMany(key, depth) }
        if frames[depth].seen.insert(UnsafeRawBufferPointer(rebasing: output.bytes[key])) { return true }
        return isNewOfFew(key, depth)
    }

    private func isNewOfFew(_ key: Range<Int>, _ depth: Int) -> Bool {
        let bytes = output.bytes
        return !keys[frames[depth].firstKey...].contains { other in
            other.count == key.count && bytes[other].elementsEqual(bytes[key])
        }
    }

    private func isNewOfMany(_ key: Range<Int>, _ depth: Int) -> Bool {
        if hashes[depth] == nil { hashes[depth] = Set(keys[frames[depth].firstKey...].map(hash)) }
        return hashes[depth, default: []].insert(hash(key)).inserted
    }

    private func hash(_ key: Range<Int>) -> Int {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: output.bytes[key]))
        return hasher.finalize()
    }

    // MARK: Errors

    /// A state to which a failed member or element is taken back.
    struct Mark {
        fileprivate let length: Int
        fileprivate let place: JSONFramePlace
        fileprivate let count: UInt32
        fileprivate let keyCount: Int
        fileprivate let attachmentCount: Int
    }

    @inline(__always)
    func mark(_ place: JSONFramePlace) -> Mark? {
        guard resume(place) else { return nil }
        return Mark(
            length: output.count,
            place: place,
            count: frames[Int(place.depth)].count,
            keyCount: keys.count,
            attachmentCount: attachments.count
        )
    }

    /// Removes the member or element that was begun after `mark`: a type may catch the error of one, and go on without it.
    func takeBack(to mark: Mark) {
        let depth = Int(mark.place.depth)
        guard frames.count > depth, frames[depth].number == mark.place.number else {
            // The value has ended the container that it stands in, by going on with an outer one.
            needsTree = true
            return
        }
        output.truncate(to: mark.length)
        frames.removeLast(frames.count - depth - 1)
        frames[depth].count = mark.count
        keys.removeLast(keys.count - mark.keyCount)
        attachments.removeLast(attachments.count - mark.attachmentCount)
        hashes = [:]
    }

    /// The keys and indices on the way to the frame at `depth`, or to the value that is written if nil.
    func codingPath(to depth: Int? = nil) -> [any CodingKey] {
        var path: [any CodingKey] = []
        let open = frames[..<min(frames.count, depth ?? frames.count)]
        for (index, frame) in open.enumerated() where frame.count > 0 {
            switch frame.kind {
            case .value: break
            case .array: path.append(JSONKey(Int(frame.count) - 1))
            case .object:
                let end = frames[(index + 1)...].first { $0.kind == .object }?.firstKey ?? keys.count
                guard end > frame.firstKey else { break }
                let key = UnsafeRawBufferPointer(rebasing: output.bytes[keys[end - 1]])
                path.append(JSONKey(stringValue: JSONStringReader.unescape(key) ?? ""))
            }
        }
        return path
    }
}
