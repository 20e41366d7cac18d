#if Redis
import NIOCore
import Testing

@testable import GustRedis

@Suite struct RedisSubscriptionStateMachineTests {
    private let a = RedisSubscriptionKey(kind: .channel, name: "a")
    private let b = RedisSubscriptionKey(kind: .shard, name: "b")

    private func confirmation(_ type: ByteBuffer, _ name: ByteBuffer) -> RESPValue {
        .push([.bulkString(type), .bulkString(name), .integer(1)])
    }

    @Test func `a name is subscribed once, when there is a connection`() {
        var machine = RedisSubscriptionStateMachine()
        #expect(machine.begin(a) == nil)
        #expect(machine.connected(isAgain: false).count == 1)
        #expect(machine.begin(a) == nil)
        #expect(machine.begin(b) != nil)
        #expect(!machine.isConfirmed(a))
        #expect(machine.receive(confirmation("subscribe", "a")) == .confirm(a, isRestored: false))
        #expect(machine.isConfirmed(a))
    }

    @Test func `after a reconnection the last confirmation restores all`() {
        var machine = RedisSubscriptionStateMachine()
        _ = machine.connected(isAgain: false)
        for key in [a, b] { _ = machine.begin(key) }
        machine.lost()
        #expect(!machine.isConfirmed(a))
        #expect(machine.connected(isAgain: true).count == 2)
        var restored: [Bool] = []
        // The order is that of the commands, which is that of the dictionary.
        for _ in 0..<2 {
            for value in [confirmation("subscribe", "a"), confirmation("ssubscribe", "b")] {
                var copy = machine
                guard case .confirm(_, let isRestored) = copy.receive(value) else { continue }
                machine = copy
                restored.append(isRestored)
                break
            }
        }
        #expect(restored == [false, true])
    }

    @Test func `a confirmation of an earlier command doesn't confirm a later subscription`() {
        var machine = RedisSubscriptionStateMachine()
        _ = machine.connected(isAgain: false)
        _ = machine.begin(a)
        _ = machine.end(a)
        _ = machine.begin(a)
        #expect(machine.receive(confirmation("subscribe", "a")) == .none)
        #expect(machine.receive(confirmation("unsubscribe", "a")) == .none)
        #expect(machine.receive(confirmation("subscribe", "a")) == .confirm(a, isRestored: false))
    }

    @Test func `an error belongs to the command in its place`() {
        var machine = RedisSubscriptionStateMachine()
        _ = machine.connected(isAgain: false)
        _ = machine.begin(b)
        let text = "ERR unknown command 'SSUBSCRIBE'"
        let error = RedisError.unknownCommand(text)
        #expect(
            machine.receive(.error(ByteBuffer(string: text))) == .refuse(b, error, isRestored: false)
        )
    }

    @Test func `messages of RESP2 and RESP3 have the same elements`() {
        var machine = RedisSubscriptionStateMachine()
        let message: [RESPValue] = [.bulkString("message"), .bulkString("a"), .bulkString("x")]
        #expect(machine.receive(.array(message)) == .deliver(a, channel: "a", payload: "x"))
        #expect(machine.receive(.push(message)) == .deliver(a, channel: "a", payload: "x"))
        let matched: [RESPValue] = [.bulkString("pmessage"), .bulkString("a*"), .bulkString("ab"), .bulkString("x")]
        let pattern = RedisSubscriptionKey(kind: .pattern, name: "a*")
        #expect(machine.receive(.push(matched)) == .deliver(pattern, channel: "ab", payload: "x"))
    }

    @Test func `values that don't fit are violations, and unknown push messages are ignored`() {
        var machine = RedisSubscriptionStateMachine()
        #expect(machine.receive(.simpleString("OK")) == .violation)
        #expect(machine.receive(confirmation("subscribe", "a")) == .violation)
        #expect(machine.receive(confirmation("sunsubscribe", "b")) == .violation)
        #expect(machine.receive(.error("ERR")) == .violation)
        #expect(machine.receive(.array([.bulkString("message")])) == .violation)
        #expect(machine.receive(.push([.bulkString("invalidate"), .null])) == .none)
    }
}
#endif
