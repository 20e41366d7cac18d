import GustHTTP
import Testing

/// Captures as values.
@Suite struct CapturesTests {
    @Test func `captures with equal names and decoded texts are equal`() {
        let built = Captures([(name: "a", value: "x/y"), (name: nil, value: nil)])
        // "x%2Fy" is the first five bytes of the matched text.
        let matched = Captures(names: ["a", nil], text: "x%2Fy/tail", bounds: [.init(0, 5), .absent])
        #expect(built == matched)
    }

    @Test(
        arguments: [
            [("b", "x")], [("a", "y")], [(nil, "x")], [("a", nil)], [], [("a", "x"), ("a", "x")],
        ] as [[(String?, String?)]]
    )
    func `captures that differ in names, texts or the number of groups aren't equal`(groups: [(String?, String?)]) {
        let captures = Captures([(name: "a", value: "x")])
        let other = Captures(groups.map { (name: $0.0, value: $0.1) })
        #expect(!(captures == other))
    }

    @Test func `of several groups with one name, the first that participated in the match counts`() {
        let captures = Captures([(name: "a", value: nil), (name: "a", value: "1"), (name: "a", value: "2")])
        #expect(captures["a"] == "1")
        #expect(captures.named == ["a": "1"])
        #expect(captures["b"] == nil)
    }

    @Test func `the numbers of unnamed groups don't count named groups`() {
        let captures = Captures([(name: "a", value: "x"), (name: nil, value: nil), (name: nil, value: "y")])
        #expect(captures[0] == nil)
        #expect(captures[1] == "y")
        #expect(captures[2] == nil)
        #expect(captures[-1] == nil)
        #expect(captures.unnamed == [nil, "y"])
        #expect(captures.all.map(\.value) == ["x", nil, "y"])
    }

    @Test func `a value that looks like a percent escape isn't decoded`() {
        #expect(Captures([(name: "a", value: "100%25 %2F")])["a"] == "100%25 %2F")
    }

    @Test func `the groups of an outer pattern come first, and absent groups stay absent`() {
        let inner = Captures([(name: "b", value: nil), (name: "c", value: "2")])
        let captures = inner.prepending(Captures([(name: "a", value: "1")]))
        #expect(captures.all.map(\.name) == ["a", "b", "c"])
        #expect(captures.all.map(\.value) == ["1", nil, "2"])
        #expect(inner.prepending(Captures()) == inner)
        #expect(Captures().prepending(inner) == inner)
    }

    @Test func `the last group is split off undecoded, if it participated in the match`() throws {
        let captures = Captures(names: [nil, nil], text: "a/x%2Fy", bounds: [.init(0, 1), .init(1, 7)])
        let (rest, outer) = try #require(captures.splittingLast)
        #expect(rest == "/x%2Fy")
        #expect(outer.unnamed == ["a"])
        #expect(Captures(names: [nil], text: "a", bounds: [.absent]).splittingLast == nil)
        #expect(Captures().splittingLast == nil)
    }

    @Test(arguments: ByteTextTests.equivalents)
    func `names and texts are compared by bytes`(left: String, right: String) {
        let captures = Captures([(left, "1"), (right, "2")])
        #expect(captures[left] == "1")
        #expect(captures[right] == "2")
        #expect(!(Captures([("a", left)]) == Captures([("a", right)])))
        #expect(!(Captures([(left, "a")]) == Captures([(right, "a")])))
    }

    @Test func `a per cent sign before a combining mark isn't decoded`() {
        #expect(Captures([("a", "%\u{301}41%41")])["a"]?.utf8.elementsEqual("%\u{301}41%41".utf8) == true)
    }
}
