import Testing

@testable import GustServer

@Suite struct ObjectSetTests {
    protocol Named: AnyObject {
        var name: String { get }
    }

    final class Thing: Named {
        let name: String

        init(_ name: String) { self.name = name }
    }

    @Test func `an object is in a set once`() {
        var set = ObjectSet<any Named>()
        let thing = Thing("a")
        set.insert(thing)
        set.insert(thing)
        #expect(set.count == 1)
        #expect(set.contains(thing))
        set.remove(thing)
        #expect(set.count == 0)
        #expect(!set.contains(thing))
    }

    @Test func `objects with the same contents are different`() {
        var set = ObjectSet<any Named>()
        let (first, second) = (Thing("a"), Thing("a"))
        set.insert(first)
        #expect(!set.contains(second))
        set.remove(second)
        #expect(set.count == 1)
    }

    @Test func `the objects of a set conform to its protocol`() {
        var set = ObjectSet<any Named>()
        for name in ["a", "b", "c"] { set.insert(Thing(name)) }
        #expect(set.elements.map(\.name).sorted() == ["a", "b", "c"])
    }
}
