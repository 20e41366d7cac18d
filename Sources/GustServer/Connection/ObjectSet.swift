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

    // The parameters aren't of the type `Element`: its conversion costs a dynamic cast, that of a protocol nothing.

    func contains(_ object: AnyObject) -> Bool { members.contains(Member(object: object)) }

    /// Adds an object, which conforms to `Element`.
    mutating func insert(_ object: AnyObject) { members.insert(Member(object: object)) }

    mutating func remove(_ object: AnyObject) { members.remove(Member(object: object)) }
}
