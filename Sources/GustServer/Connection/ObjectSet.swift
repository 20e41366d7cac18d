/// Objects by identity, of which each takes one word: idle connections are in two such sets.
///
/// `Element` is a protocol of classes. The objects are kept without their conformance to it, which is found again when they are read.
struct ObjectSet<Element> {
    private struct Member: Hashable {
        let object: AnyObject

        static func == (left: Member, right: Member) -> Bool { left.object === right.object }

        func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(object)) }
    }

    private var members: Set<Member> = []

    /// The number of objects.
    var count: Int { members.count }

    /// The objects, in no particular order.
    var elements: [Element] { members.compactMap { $0.object as? Element } }

    func contains(_ element: Element) -> Bool { members.contains(Member(object: element as AnyObject)) }

    mutating func insert(_ element: Element) { members.insert(Member(object: element as AnyObject)) }

    mutating func remove(_ element: Element) { members.remove(Member(object: element as AnyObject)) }
}
