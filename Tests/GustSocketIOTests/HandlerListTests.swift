import Testing

@testable import GustSocketIO

@Suite struct HandlerListTests {
    private let tokens = (0..<4).map { _ in HandlerToken() }

    private func list(of count: Int) -> HandlerList<Int> {
        var list = HandlerList<Int>()
        for number in 0..<count { list.add(tokens[number], number) }
        return list
    }

    @Test(arguments: 0...4) func `handlers are in the order of registration`(count: Int) {
        #expect(list(of: count).map(\.body) == Array(0..<count))
        #expect(list(of: count).isEmpty == (count == 0))
    }

    @Test(arguments: 1...4) func `a removed handler is gone, and the others keep their order`(count: Int) {
        for removed in 0..<count {
            var list = list(of: count)
            list.remove(tokens[removed])
            #expect(list.map(\.body) == (0..<count).filter { $0 != removed })
        }
    }

    @Test(arguments: 0...3) func `an unknown token removes nothing`(count: Int) {
        var list = list(of: count)
        list.remove(tokens[3])
        #expect(list.count == count)
    }

    @Test func `a list from which all were removed takes handlers again`() {
        var list = list(of: 3)
        for token in tokens { list.remove(token) }
        list.add(tokens[2], 7)
        #expect(list.map(\.body) == [7])
    }
}
