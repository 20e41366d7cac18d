import GustWire
import NIOCore
import Testing

@testable import GustSocketIO

/// The times in these tests are seconds after the opening; the state machine has no clock.
@Suite struct ConnectionStateMachineTests {
    private typealias Machine = ConnectionStateMachine

    private func at(_ seconds: Double) -> NIODeadline { .uptimeNanoseconds(UInt64(seconds * 1e9)) }

    private func opened(_ direction: Revision.HeartbeatDirection = .serverPings) -> ConnectionStateMachine {
        var machine = Machine(timing: .init(), direction: direction)
        #expect(machine.handle(.opened, now: at(0)) == [])
        #expect(machine.handle(.joinedNamespace, now: at(0)) == [])
        return machine
    }

    // MARK: Heartbeat

    @Test func `the server pings one interval after the opening`() {
        var machine = opened()
        #expect(machine.nextDeadline == at(25))
        #expect(machine.handle(.deadlinePassed, now: at(25)) == [.sendPing])
        #expect(machine.nextDeadline == at(45))
    }

    @Test func `the next ping follows one interval after the pong, not after the timeout`() {
        var machine = opened()
        _ = machine.handle(.deadlinePassed, now: at(25))
        #expect(machine.handle(.receivedPong, now: at(26)) == [])
        #expect(machine.nextDeadline == at(51))
    }

    @Test func `a client that doesn't answer a ping in time is disconnected`() {
        var machine = opened()
        _ = machine.handle(.deadlinePassed, now: at(25))
        #expect(machine.handle(.deadlinePassed, now: at(45)) == [.end(.pingTimeout)])
        #expect(machine.nextDeadline == nil)
    }

    @Test func `an unexpected pong doesn't postpone the next ping`() {
        var machine = opened()
        #expect(machine.handle(.receivedPong, now: at(20)) == [])
        #expect(machine.nextDeadline == at(25))
    }

    @Test func `a ping from a client of a revision in which the server pings closes the connection`() {
        var machine = opened()
        #expect(machine.handle(.receivedPing, now: at(1)) == [.end(.transportError)])
    }

    @Test func `a ping is answered with a pong and renews the interval and the timeout`() {
        var machine = opened(.clientPings)
        #expect(machine.nextDeadline == at(45))
        #expect(machine.handle(.receivedPing, now: at(25)) == [.sendPong])
        #expect(machine.nextDeadline == at(70))
    }

    @Test func `no pong times out while the server doesn't read`() {
        var machine = opened()
        _ = machine.handle(.deadlinePassed, now: at(25))
        _ = machine.handle(.readingPaused, now: at(26))
        #expect(machine.handle(.deadlinePassed, now: at(45)) == [])
        _ = machine.handle(.readingResumed, now: at(46))
        #expect(machine.handle(.deadlinePassed, now: at(65)) == [.end(.pingTimeout)])
    }

    // MARK: Joining

    @Test func `a connection that joins no namespace in time is closed`() {
        var machine = Machine(timing: .init(pingInterval: .seconds(60)), direction: .serverPings)
        _ = machine.handle(.opened, now: at(0))
        #expect(machine.nextDeadline == at(45))
        #expect(machine.handle(.deadlinePassed, now: at(45)) == [.end(.forcedClose)])
    }

    // MARK: Upgrade

    @Test func `a probe is answered, polls are released, and the upgrade switches the transport`() {
        var machine = opened()
        #expect(machine.handle(.candidateAttached, now: at(1)) == [])
        #expect(machine.handle(.receivedProbe, now: at(1)) == [.answerProbe])
        #expect(machine.nextDeadline == at(1.1))
        #expect(machine.handle(.deadlinePassed, now: at(1.1)) == [.releasePoll])
        #expect(machine.nextDeadline == at(1.2))
        #expect(machine.handle(.receivedUpgrade, now: at(1.15)) == [.switchTransport])
        #expect(machine.nextDeadline == at(25))
    }

    @Test func `an upgrade without a probe is refused, and the connection stays open`() {
        var machine = opened()
        _ = machine.handle(.candidateAttached, now: at(1))
        #expect(machine.handle(.receivedUpgrade, now: at(1)) == [.refuseCandidate])
        #expect(machine.isOpen)
        #expect(machine.canUpgrade)
        for event in [Machine.Event.candidateAttached, .receivedProbe, .receivedUpgrade] {
            _ = machine.handle(event, now: at(1))
        }
        for event in [Machine.Event.receivedProbe, .receivedUpgrade, .candidateFailed] {
            #expect(machine.handle(event, now: at(1)) == [])
        }
        #expect(!machine.canUpgrade)
    }

    @Test func `an upgrade that isn't finished in time is refused, and the connection stays open`() {
        var machine = opened()
        _ = machine.handle(.candidateAttached, now: at(1))
        _ = machine.handle(.receivedProbe, now: at(1))
        #expect(machine.handle(.deadlinePassed, now: at(11)) == [.refuseCandidate])
        #expect(machine.isOpen)
    }

    @Test func `a second candidate is refused`() {
        var machine = opened()
        _ = machine.handle(.candidateAttached, now: at(1))
        #expect(machine.handle(.candidateAttached, now: at(2)) == [.refuseCandidate])
    }

    @Test func `a connection upgrades only once`() {
        var machine = opened()
        for event in [Machine.Event.candidateAttached, .receivedProbe, .receivedUpgrade] {
            _ = machine.handle(event, now: at(1))
        }
        #expect(!machine.canUpgrade)
        #expect(machine.handle(.candidateAttached, now: at(2)) == [.refuseCandidate])
    }

    @Test func `after a candidate has failed, another may be attached`() {
        var machine = opened()
        _ = machine.handle(.candidateAttached, now: at(1))
        #expect(machine.handle(.candidateFailed, now: at(2)) == [])
        #expect(machine.canUpgrade)
    }

    // MARK: Closing

    @Test func `closing with an empty outbox sends the close packet and ends at once`() {
        var machine = opened()
        #expect(
            machine.handle(.closeRequested(.forcedServerClose, isDrained: true), now: at(1))
                == [.sendClose(.forcedServerClose), .end(.forcedServerClose)]
        )
    }

    @Test func `closing waits until the outbox is empty`() {
        var machine = opened()
        #expect(machine.handle(.closeRequested(.forcedServerClose, isDrained: false), now: at(1)) == [])
        #expect(!machine.isOpen)
        #expect(machine.handle(.drained, now: at(3)) == [.sendClose(.forcedServerClose), .end(.forcedServerClose)])
    }

    @Test func `closing ends at the close timeout`() {
        var machine = opened()
        _ = machine.handle(.closeRequested(.forcedServerClose, isDrained: false), now: at(1))
        #expect(machine.nextDeadline == at(31))
        #expect(machine.handle(.deadlinePassed, now: at(31)) == [.end(.forcedServerClose)])
    }

    @Test func `the end closes the candidate, and happens once`() {
        var machine = opened()
        _ = machine.handle(.candidateAttached, now: at(1))
        #expect(
            machine.handle(.transportEnded(.transportClose), now: at(2)) == [.refuseCandidate, .end(.transportClose)]
        )
        #expect(machine.handle(.transportEnded(.transportClose), now: at(2)) == [])
        #expect(machine.handle(.receivedClose, now: at(3)) == [])
        #expect(machine.hasEnded)
    }

    @Test func `no ping times out while the server doesn't read`() {
        var machine = opened(.clientPings)
        _ = machine.handle(.readingPaused, now: at(1))
        #expect(machine.handle(.deadlinePassed, now: at(45)) == [])
        #expect(machine.nextDeadline == at(65))
        _ = machine.handle(.readingResumed, now: at(50))
        #expect(machine.handle(.deadlinePassed, now: at(65)) == [.end(.pingTimeout)])
    }

    @Test func `a pong from a client that pings closes the connection`() {
        var machine = opened(.clientPings)
        #expect(machine.handle(.receivedPong, now: at(1)) == [.end(.transportError)])
    }

    @Test func `events of an upgrade without a candidate change nothing`() {
        var machine = opened()
        for event in [Machine.Event.receivedProbe, .receivedUpgrade, .candidateFailed] {
            #expect(machine.handle(event, now: at(1)) == [])
        }
        #expect(machine.canUpgrade)
    }

    @Test func `a closing connection refuses candidates and ends at its deadline`() {
        var machine = opened()
        _ = machine.handle(.closeRequested(.forcedServerClose, isDrained: false), now: at(1))
        #expect(machine.handle(.candidateAttached, now: at(2)) == [.refuseCandidate])
        #expect(machine.handle(.deadlinePassed, now: at(30)) == [])
        #expect(machine.handle(.deadlinePassed, now: at(31)) == [.end(.forcedServerClose)])
        #expect(machine.handle(.candidateAttached, now: at(32)) == [.refuseCandidate])
    }

    @Test func `a poll without packets is released once`() {
        var timing = Machine.Timing()
        timing.pollDuration = .seconds(20)
        timing.hasHeartbeat = false
        var machine = Machine(timing: timing, direction: .serverPings)
        _ = machine.handle(.opened, now: at(0))
        _ = machine.handle(.joinedNamespace, now: at(0))
        _ = machine.handle(.pollAttached, now: at(0))
        #expect(machine.handle(.deadlinePassed, now: at(20)) == [.releasePoll])
        #expect(machine.handle(.deadlinePassed, now: at(21)) == [])
    }

    @Test func `a delayed end sends the close packet at the end of the delay`() {
        var timing = Machine.Timing()
        timing.closingDelay = .milliseconds(100)
        var machine = Machine(timing: timing, direction: .serverPings)
        _ = machine.handle(.opened, now: at(0))
        #expect(machine.handle(.closeRequested(.forcedServerClose, isDrained: true), now: at(1)) == [])
        #expect(machine.nextDeadline == at(1.1))
        #expect(
            machine.handle(.deadlinePassed, now: at(1.1)) == [.sendClose(.forcedServerClose), .end(.forcedServerClose)]
        )
    }
}

extension ConnectionStateMachine {
    fileprivate init(timing: Timing, direction: Revision.HeartbeatDirection) {
        self.init(timing: SharedTiming(timing), direction: direction)
    }
}
