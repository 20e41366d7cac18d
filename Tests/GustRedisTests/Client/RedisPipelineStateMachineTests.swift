#if Redis
import NIOCore
import Testing

@testable import GustRedis

@Suite struct RedisPipelineStateMachineTests {
    private typealias Machine = RedisPipelineStateMachine<Int>

    private let command = RedisCommand("GET", "a")

    private func at(_ seconds: Int) -> NIODeadline { .uptimeNanoseconds(0) + .seconds(Int64(seconds)) }

    private func send(_ ticket: Int, deadline: Int, _ machine: inout Machine) -> String {
        switch machine.send(command, ticket, size: 100, deadline: at(deadline)) {
        case .write: "write"
        case .none: "wait"
        case .fail(_, let error): "\(error)"
        }
    }

    private func receive(_ now: Int, _ machine: inout Machine) -> String {
        switch machine.receive(now: at(now)) {
        case .complete(let ticket, _): "\(ticket)"
        case .drop: "drop"
        case .violation: "violation"
        }
    }

    private func failures(_ expiry: Machine.Expiry) -> [String] { expiry.failed.map { "\($0.0): \($0.1)" } }

    @Test func `replies belong to the commands in their order`() {
        var machine = Machine(grace: .seconds(5))
        #expect(send(1, deadline: 5, &machine) == "wait")
        #expect(machine.connected(now: at(0)).count == 1)
        #expect(send(2, deadline: 5, &machine) == "write")
        #expect(receive(1, &machine) == "1")
        #expect(receive(1, &machine) == "2")
        #expect(receive(1, &machine) == "violation")
    }

    @Test func `a late reply isn't given to the next command`() {
        var machine = Machine(grace: .seconds(5))
        _ = machine.connected(now: at(0))
        _ = send(1, deadline: 1, &machine)
        _ = send(2, deadline: 9, &machine)
        #expect(machine.nextExpiry == at(1))
        #expect(failures(machine.expire(now: at(1))) == ["1: Redis didn't reply in time"])
        #expect(machine.nextExpiry == at(6))
        #expect(receive(2, &machine) == "drop")
        #expect(receive(2, &machine) == "2")
        #expect(machine.nextExpiry == nil)
    }

    @Test func `commands that were written fail with the connection, and waiting commands are written later`() {
        var machine = Machine(grace: .seconds(5))
        _ = machine.connected(now: at(0))
        _ = send(1, deadline: 5, &machine)
        let lost = machine.lost()
        #expect(lost.failed == [1] && lost.size == 100)
        #expect(send(2, deadline: 5, &machine) == "wait")
        #expect(machine.connected(now: at(1)).count == 1)
        #expect(receive(2, &machine) == "2")
    }

    @Test func `a command that waits in vain fails with the reason why there is no connection`() {
        var machine = Machine(grace: .seconds(5))
        _ = send(1, deadline: 5, &machine)
        machine.refused(.loading)
        let expiry = machine.expire(now: at(5))
        #expect(failures(expiry) == ["1: \(RedisError.loading)"] && expiry.size == 100)
        #expect(machine.isEmpty)
    }

    @Test func `a server that is silent after a deadline is dead, and one that replies is not`() {
        var machine = Machine(grace: .seconds(5))
        _ = machine.connected(now: at(0))
        for ticket in 1...3 { _ = send(ticket, deadline: 5, &machine) }
        #expect(machine.expire(now: at(9)).isDead == false)
        #expect(receive(9, &machine) == "drop")
        #expect(machine.expire(now: at(13)).isDead == false)
        #expect(machine.expire(now: at(14)).isDead)
    }

    @Test func `after the end waiting commands fail, and written commands get their replies`() {
        var machine = Machine(grace: .seconds(5))
        _ = machine.connected(now: at(0))
        _ = send(1, deadline: 5, &machine)
        #expect(machine.close().failed.isEmpty)
        #expect(send(2, deadline: 5, &machine) == "\(RedisError.closed)")
        #expect(!machine.isEmpty)
        #expect(receive(1, &machine) == "1")
        #expect(machine.isEmpty)
    }
}
#endif
