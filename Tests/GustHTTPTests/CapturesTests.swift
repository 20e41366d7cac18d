import GustHTTP
import Testing

/// What patterns captured, as values.
@Suite struct CapturesTests {
    @Test func `captures are equal by names and decoded texts, however they were cut, and hash alike`() {
        let built = Captures([(name: "a", value: "x/y"), (name: nil, value: nil)])
        // "x%2Fy" is the first five bytes of what was matched.
        let matched = Captures(names: ["a", nil], text: "x%2Fy/tail", bounds: [.init(0, 5), .absent])
        #expect(built == matched)
        #expect(Set([built, matched]).count == 1)
    }

    @Test(
        arguments: [
            [("b", "x")], [("a", "y")], [(nil, "x")], [("a", nil)], [], [("a", "x"), ("a", "x")],
        ] as [[(String?, String?)]]
    )
    func `another name, text or number of groups is another value`(groups: [(String?, String?)]) {
        let captures = Captures([(name: "a", value: "x")])
        let other = Captures(groups.map { (name: $0.0, value: $0.1) })
        #expect(captures != other)
        #expect(captures.hashValue != other.hashValue)
    }
}
