import Foundation
import Testing

@testable import GustPresence

/// The members as several nodes know them, while messages are lost, repeated and reordered.
@Suite struct PresenceStateTests {
    private typealias State = PresenceState<Int>
    private typealias Message = PresenceMessage<Int>

    /// Nodes and the messages between them.
    private struct Nodes {
        var states: [State]
        var isAlive: [Bool]
        var changes: [[PresenceChange<Int>]]
        /// Messages on their way, with their receivers.
        var messages: [(receiver: Int, Message)] = []
        var isOverfull = false

        init(_ count: Int, _ settings: PresenceSettings = PresenceSettings()) {
            states = (0..<count).map { State(node: "node \($0)", settings) }
            isAlive = Array(repeating: true, count: count)
            changes = Array(repeating: [], count: count)
        }

        mutating func perform(_ node: Int, _ body: (inout State) -> PresenceOutcome<Int>) {
            let outcome = body(&states[node])
            changes[node] += outcome.changes
            isOverfull = isOverfull || outcome.isOverfull
            for message in outcome.messages {
                for receiver in states.indices where receiver != node { messages.append((receiver, message)) }
            }
        }

        mutating func flush(_ node: Int) { perform(node) { PresenceOutcome(messages: $0.flush()) } }

        mutating func track(_ node: Int, _ id: String, in room: String = "room", as key: String, _ details: Int = 0) {
            perform(node) { $0.track(id, in: room, as: key, details, since: details) ?? PresenceOutcome() }
        }

        /// Delivers all messages, and those that follow from them, in order.
        mutating func settle() {
            while !messages.isEmpty {
                let (receiver, message) = messages.removeFirst()
                if isAlive[receiver] { perform(receiver) { $0.receive(message) } }
            }
        }

        mutating func beat() {
            for node in states.indices where isAlive[node] { perform(node) { $0.beat() } }
            settle()
        }

        func keys(_ node: Int, in room: String = "room") -> [String] { states[node].list(in: room).map(\.key).sorted() }
    }

    @Test func `a member of one node is a member on the others, until it leaves`() {
        var nodes = Nodes(3)
        nodes.track(0, "a", as: "Ada", 1)
        nodes.flush(0)
        nodes.settle()
        for node in 0..<3 {
            #expect(Array(nodes.states[node].list(in: "room")) == [PresenceMember(key: "Ada", all: [1], since: 1)])
        }
        nodes.perform(0) { $0.untrack("a", in: nil) }
        nodes.flush(0)
        nodes.settle()
        for node in 0..<3 { #expect(nodes.keys(node).isEmpty && nodes.states[node].rooms.isEmpty) }
    }

    @Test func `two sockets of a key are one member, which leaves with the last`() {
        var nodes = Nodes(2)
        nodes.track(0, "a", as: "Ada", 1)
        nodes.track(1, "b", as: "Ada", 2)
        for node in 0..<2 { nodes.flush(node) }
        nodes.settle()
        for node in 0..<2 {
            #expect(Array(nodes.states[node].list(in: "room")) == [PresenceMember(key: "Ada", all: [1, 2], since: 1)])
        }
        nodes.perform(0) { $0.untrack("a", in: "room") }
        nodes.flush(0)
        nodes.settle()
        #expect(
            nodes.changes[1].map { "\($0.joined.count) \($0.left.count) \($0.updated.count)" } == [
                "1 0 0", "0 0 1", "0 0 1",
            ]
        )
        #expect(nodes.keys(1) == ["Ada"])
    }

    @Test func `a member keeps its place when another socket takes over`() {
        var nodes = Nodes(1)
        nodes.track(0, "a", as: "Ada", 1)
        nodes.track(0, "b", as: "Bob", 2)
        nodes.track(0, "c", as: "Ada", 3)
        nodes.perform(0) { $0.untrack("a", in: nil) }
        let list = nodes.states[0].list(in: "room")
        #expect(list.map(\.key) == ["Ada", "Bob"] && list.map(\.all) == [[3], [2]] && list.map(\.since) == [1, 2])
    }

    @Test func `other details of a socket replace its former ones`() {
        var nodes = Nodes(2)
        nodes.perform(0) { $0.begin() }
        nodes.settle()
        nodes.track(0, "a", as: "Ada", 1)
        nodes.flush(0)
        nodes.track(0, "a", as: "Ada", 2)
        nodes.flush(0)
        nodes.settle()
        #expect(nodes.states[1].list(in: "room").map(\.all) == [[2]])
        #expect(nodes.changes[1].map(\.joined.count) == [1, 0])
    }

    @Test func `a member that has come and gone between two messages isn't sent`() {
        var nodes = Nodes(2)
        nodes.track(0, "a", as: "Ada")
        nodes.perform(0) { $0.untrack("a", in: nil) }
        nodes.flush(0)
        #expect(nodes.messages.isEmpty)
    }

    @Test func `a node that begins later gets the members of the others`() {
        var nodes = Nodes(2)
        nodes.isAlive[1] = false
        for number in 0..<1_200 { nodes.track(0, "\(number)", as: "\(number)") }
        nodes.flush(0)
        nodes.settle()
        nodes.isAlive[1] = true
        nodes.perform(1) { $0.begin() }
        nodes.settle()
        #expect(nodes.states[1].count(in: "room") == 1_200)
    }

    @Test func `a lost change is noticed by the next but one heartbeat, and fetched`() {
        var nodes = Nodes(2)
        nodes.perform(1) { $0.begin() }
        nodes.settle()
        nodes.track(0, "a", as: "Ada")
        nodes.flush(0)
        nodes.messages = []
        #expect(nodes.keys(1) == [])
        for _ in 0..<2 { nodes.beat() }
        #expect(nodes.keys(1) == ["Ada"])
    }

    @Test func `changes that arrive in another order are applied in theirs`() {
        var nodes = Nodes(2)
        nodes.perform(0) { $0.begin() }
        nodes.settle()
        nodes.track(0, "a", as: "Ada")
        nodes.flush(0)
        nodes.perform(0) { $0.untrack("a", in: nil) }
        nodes.flush(0)
        nodes.messages.reverse()
        nodes.settle()
        #expect(nodes.keys(1) == [])
        #expect(nodes.changes[1].map { "\($0.joined.count) \($0.left.count)" } == ["1 0", "0 1"])
    }

    @Test func `the members of a node that is silent for three heartbeats leave`() {
        var nodes = Nodes(2)
        nodes.track(0, "a", as: "Ada")
        nodes.flush(0)
        nodes.settle()
        nodes.isAlive[0] = false
        for _ in 0..<3 { nodes.beat() }
        #expect(nodes.keys(1) == ["Ada"])
        nodes.beat()
        #expect(nodes.keys(1) == [])
        #expect(nodes.changes[1].last?.left.map(\.key) == ["Ada"])
    }

    @Test func `members beyond the bound are refused on their node and dropped by others`() {
        var settings = PresenceSettings()
        settings.maximumMembers = 3
        var nodes = Nodes(2, settings)
        for number in 0..<4 { nodes.track(0, "\(number)", as: "\(number)") }
        #expect(nodes.states[0].count(in: "room") == 3)
        nodes.track(1, "b", as: "Bob")
        nodes.flush(0)
        nodes.settle()
        #expect(nodes.states[1].count(in: "room") == 3 && nodes.isOverfull)
    }

    private static let faulty: [Message] = [
        Message(node: "x", kind: .state, version: .max, entries: [], part: 0, parts: 1),
        Message(node: "x", kind: .change, version: -1, entries: []),
        Message(node: "x", kind: .state, version: 1, entries: [], part: .max, parts: .max),
        Message(node: "x", kind: .state, version: 1, entries: [], part: -1, parts: 0),
        Message(node: "x", kind: .state, version: 1),
        Message(node: String(repeating: "x", count: 1_000), kind: .alive, version: 1),
        Message(node: "node 0", kind: .change, version: 1, removed: [1]),
    ]

    @Test(arguments: 0..<7)
    func `a message of a faulty node changes nothing`(number: Int) {
        var nodes = Nodes(1)
        nodes.track(0, "a", as: "Ada")
        nodes.perform(0) { $0.receive(Self.faulty[number]) }
        #expect(nodes.keys(0) == ["Ada"])
    }

    @Test func `entries with one number, and numbers that are removed twice, are counted once`() {
        let entry = { (key: String) in Message.Entry(number: 1, room: "room", key: key, since: 0, details: 0) }
        var nodes = Nodes(1)
        nodes.perform(0) { $0.receive(Message(node: "x", kind: .hello, version: 0)) }
        nodes.perform(0) {
            $0.receive(Message(node: "x", kind: .change, version: 1, entries: [entry("a"), entry("b")]))
        }
        #expect(nodes.keys(0).count == 1)
        nodes.perform(0) { $0.receive(Message(node: "x", kind: .change, version: 2, removed: [1, 1, 7])) }
        #expect(nodes.keys(0) == [])
    }

    @Test(arguments: 0..<40)
    func `all nodes agree in the end, whatever is lost, repeated or late, and the changes lead to the lists`(
        seed: UInt64
    ) {
        var generator = SeededGenerator(state: seed)
        var nodes = Nodes(4)
        for node in 0..<4 { nodes.perform(node) { $0.begin() } }
        for _ in 0..<600 {
            let node = Int.random(in: 0..<4, using: &generator)
            guard nodes.isAlive[node] else { continue }
            let (id, room) = (
                "\(Int.random(in: 0..<8, using: &generator))", "room \(Int.random(in: 0..<3, using: &generator))"
            )
            switch Int.random(in: 0..<10, using: &generator) {
            case 0..<4: nodes.track(node, id, in: room, as: "key \(Int.random(in: 0..<12, using: &generator))")
            case 4: nodes.perform(node) { $0.untrack(id, in: room) }
            case 5: nodes.perform(node) { $0.untrack(id, in: nil) }
            case 6...7: nodes.flush(node)
            case 8: nodes.perform(node) { $0.beat() }
            default:
                // A node is killed once.
                if node == 3, Int.random(in: 0..<20, using: &generator) == 0 { nodes.isAlive[3] = false }
            }
            nodes.messages.shuffle(using: &generator)
            for _ in 0..<Int.random(in: 0..<6, using: &generator) where !nodes.messages.isEmpty {
                let (receiver, message) = nodes.messages[0]
                let fate = Int.random(in: 0..<10, using: &generator)
                if fate != 0 { nodes.messages.removeFirst() }
                if fate != 1, nodes.isAlive[receiver] { nodes.perform(receiver) { $0.receive(message) } }
            }
        }
        nodes.messages = []
        for node in 0..<4 where nodes.isAlive[node] { nodes.flush(node) }
        for _ in 0..<6 { nodes.beat() }
        let alive = (0..<4).filter { nodes.isAlive[$0] }
        for room in (0..<3).map({ "room \($0)" }) {
            let expected = Array(nodes.states[0].list(in: room))
            for node in alive {
                #expect(Array(nodes.states[node].list(in: room)) == expected)
                var members: [String: PresenceMember<Int>] = [:]
                for change in nodes.changes[node] where change.room == room {
                    for member in change.joined {
                        #expect(members[member.key] == nil)
                        members[member.key] = member
                    }
                    for member in change.updated {
                        #expect(members[member.key] != nil)
                        members[member.key] = member
                    }
                    for member in change.left { #expect(members.removeValue(forKey: member.key) == member) }
                }
                #expect(members.values.sorted { $0.key < $1.key } == expected.sorted { $0.key < $1.key })
            }
        }
    }
}

/// A generator whose numbers are the same in each run (SplitMix64).
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
