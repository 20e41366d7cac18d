import GustWire
import Testing

@testable import GustClient

/// The life of a connection as a value: every input in every state.
@Suite(.timeLimit(.minutes(1))) struct SessionMachineTests {
    /// The states, by what they answer.
    enum State: String, CaseIterable {
        case idle, preparing, opening, open, upgradeOpening, upgradeProbing, upgradePausing, waiting, closed
    }

    enum Input: CaseIterable {
        case connect, disconnect, close, prepared, greeted, joined, failed, deadlinePassed, retryDue
        case probeOpened, probeAnswered, pollingPaused, probeFailed
    }

    private static let handshake = handshake(upgrades: ["websocket"])

    private static func handshake(upgrades: [String]) -> Handshake {
        Handshake(
            sid: "s",
            upgrades: upgrades,
            pingInterval: .seconds(25),
            pingTimeout: .seconds(20),
            maximumPayload: 1_000
        )
    }

    private static func machine(
        upgrades: Bool = true,
        random: Double = 0.5,
        _ change: (inout ReconnectionSettings) -> Void = { _ in }
    ) -> SessionMachine {
        var settings = ReconnectionSettings()
        change(&settings)
        return SessionMachine(
            settings,
            connectTimeout: .seconds(20),
            upgradeTimeout: .seconds(10),
            upgrades: upgrades,
            transport: "polling",
            random: { random }
        )
    }

    /// A machine in a state, by the shortest way.
    private static func machine(in state: State) -> SessionMachine {
        var machine = machine()
        func give(_ inputs: Input...) { for input in inputs { _ = apply(input, to: &machine) } }
        switch state {
        case .idle: break
        case .preparing: give(.connect)
        case .opening: give(.connect, .prepared)
        case .open: give(.connect, .prepared, .greeted, .probeFailed)
        case .upgradeOpening: give(.connect, .prepared, .greeted)
        case .upgradeProbing: give(.connect, .prepared, .greeted, .probeOpened)
        case .upgradePausing: give(.connect, .prepared, .greeted, .probeOpened, .probeAnswered)
        case .waiting: give(.connect, .failed)
        case .closed: give(.close)
        }
        return machine
    }

    private static func apply(_ input: Input, to machine: inout SessionMachine) -> [SessionMachine.Action] {
        switch input {
        case .connect: return machine.connect()
        case .disconnect: return machine.disconnect(isFinal: false)
        case .close: return machine.disconnect(isFinal: true)
        case .prepared: return machine.prepared()
        case .greeted: return machine.greeted(handshake)
        case .joined:
            machine.joined()
            return []
        case .failed: return machine.failed(.pingTimeout)
        case .deadlinePassed: return machine.deadlinePassed()
        case .retryDue: return machine.retryDue()
        case .probeOpened:
            machine.probeOpened()
            return []
        case .probeAnswered: return machine.probeAnswered()
        case .pollingPaused: return machine.pollingPaused()
        case .probeFailed: return machine.probeFailed()
        }
    }

    /// The state of a machine, by what it does with inputs that fit one state only.
    private static func state(of machine: SessionMachine) -> State {
        func acts(on inputs: Input...) -> Bool {
            var copy = machine
            return inputs.map { apply($0, to: &copy) }.last?.isEmpty == false
        }
        if machine.isIdle { return .idle }
        if machine.isClosed { return .closed }
        if machine.isSwitching { return .upgradePausing }
        if machine.isOpen {
            return acts(on: .probeAnswered)
                ? .upgradeProbing : acts(on: .probeOpened, .probeAnswered) ? .upgradeOpening : .open
        }
        return acts(on: .prepared) ? .preparing : acts(on: .retryDue) ? .waiting : .opening
    }

    /// What an input does, for those that do something; `retry` is the end of a failed attempt.
    private static func effect(of input: Input, in state: State) -> (actions: [SessionMachine.Action], next: State)? {
        let begin: [SessionMachine.Action] = [
            .tell(.connecting(attempt: 1)), .armDeadline(.seconds(20)), .askCredentials,
        ]
        func retry(_ attempt: Int, _ error: ClientError) -> [SessionMachine.Action] {
            [.armRetry(.seconds(1)), .tell(.waiting(attempt: attempt, delay: .seconds(1), error))]
        }
        let dropsProbe: [SessionMachine.Action] = [.disarmDeadline, .dropProbe]
        func lost(_ error: ClientError) -> [SessionMachine.Action] {
            [.endHeartbeat, .dropLink, .disconnectSockets(error)] + retry(2, error)
        }
        let ends: [SessionMachine.Action] = [.endHeartbeat, .closeLink, .disconnectSockets(.closed)]
        func told(_ input: Input) -> [SessionMachine.Action] {
            [.tell(input == .close ? .closed(.closed) : .idle)]
        }
        let attemptTimedOut = ClientError.timedOut("the attempt to connect")
        let pollTimedOut = ClientError.timedOut("the end of the last poll before the upgrade")
        let end = input == .close ? State.closed : .idle
        switch (state, input) {
        case (.closed, _): return nil
        case (.idle, .connect): return (begin, .preparing)
        case (.idle, .close): return (told(input), .closed)
        case (.preparing, .disconnect), (.preparing, .close): return ([.disarmDeadline] + told(input), end)
        case (.opening, .disconnect), (.opening, .close): return ([.disarmDeadline, .dropLink] + told(input), end)
        case (.waiting, .disconnect), (.waiting, .close): return ([.disarmRetry] + told(input), end)
        case (.open, .disconnect), (.open, .close): return (ends + told(input), end)
        case (.upgradeOpening, .disconnect), (.upgradeOpening, .close), (.upgradeProbing, .disconnect),
            (.upgradeProbing, .close), (.upgradePausing, .disconnect), (.upgradePausing, .close):
            return (dropsProbe + ends + told(input), end)
        case (.preparing, .prepared): return ([.openLink], .opening)
        case (.preparing, .failed): return ([.disarmDeadline] + retry(2, .pingTimeout), .waiting)
        case (.preparing, .deadlinePassed): return ([.disarmDeadline] + retry(2, attemptTimedOut), .waiting)
        case (.opening, .greeted):
            let actions: [SessionMachine.Action] = [
                .disarmDeadline, .beginHeartbeat, .tell(.connected(transport: "polling")), .joinSockets, .openProbe,
                .armDeadline(.seconds(10)),
            ]
            return (actions, .upgradeOpening)
        case (.opening, .failed): return ([.disarmDeadline, .dropLink] + retry(2, .pingTimeout), .waiting)
        case (.opening, .deadlinePassed): return ([.disarmDeadline, .dropLink] + retry(2, attemptTimedOut), .waiting)
        case (.open, .failed): return (lost(.pingTimeout), .waiting)
        case (.upgradeOpening, .failed), (.upgradeProbing, .failed), (.upgradePausing, .failed):
            return (dropsProbe + lost(.pingTimeout), .waiting)
        case (.upgradeOpening, .deadlinePassed), (.upgradeOpening, .probeFailed), (.upgradeProbing, .deadlinePassed),
            (.upgradeProbing, .probeFailed):
            return (dropsProbe, .open)
        case (.upgradePausing, .deadlinePassed): return (dropsProbe + lost(pollTimedOut), .waiting)
        case (.upgradePausing, .probeFailed): return (dropsProbe + lost(.transportClosed), .waiting)
        case (.upgradeOpening, .probeOpened): return ([], .upgradeProbing)
        case (.upgradeProbing, .probeAnswered): return ([.pausePolling], .upgradePausing)
        case (.upgradePausing, .pollingPaused):
            return ([.disarmDeadline, .switchToProbe, .tell(.connected(transport: "websocket"))], .open)
        case (.waiting, .retryDue):
            return ([.tell(.connecting(attempt: 2)), .armDeadline(.seconds(20)), .askCredentials], .preparing)
        default: return nil
        }
    }

    @Test(arguments: State.allCases, Input.allCases)
    func `each input has its effects in the states that it fits, and none in others`(state: State, input: Input) {
        var machine = Self.machine(in: state)
        #expect(Self.state(of: machine) == state)
        let actions = Self.apply(input, to: &machine)
        let expected = Self.effect(of: input, in: state)
        #expect(actions == expected?.actions ?? [])
        #expect(Self.state(of: machine) == expected?.next ?? state)
    }

    // MARK: Upgrades

    @Test func `without an upgrade in the handshake no probe is opened`() {
        for upgrades in [[], ["flashsocket"], ["WebSocket"]] {
            var machine = Self.machine(in: .opening)
            let actions = machine.greeted(Self.handshake(upgrades: upgrades))
            #expect(!actions.contains(.openProbe), "\(upgrades)")
            #expect(Self.state(of: machine) == .open)
        }
    }

    @Test func `a client that doesn't upgrade ignores the upgrades of the handshake`() {
        var machine = Self.machine(upgrades: false)
        _ = machine.connect()
        _ = machine.prepared()
        #expect(!machine.greeted(Self.handshake).contains(.openProbe))
    }

    @Test func `an upgrade that has failed is not tried again on the same connection`() {
        var machine = Self.machine(in: .upgradeProbing)
        #expect(machine.probeFailed() == [.disarmDeadline, .dropProbe])
        #expect(machine.probeFailed().isEmpty)
        #expect(machine.probeAnswered().isEmpty)
        #expect(machine.deadlinePassed().isEmpty)
    }

    // MARK: Delays

    /// The delay after a number of failed attempts in a row.
    private func delays(_ count: Int, random: Double, _ change: (inout ReconnectionSettings) -> Void) -> [Duration] {
        var machine = Self.machine(random: random, change)
        _ = machine.connect()
        return (0..<count).compactMap { _ in
            let actions = machine.failed(.transportClosed)
            _ = machine.retryDue()
            return actions.lazy.compactMap { if case .armRetry(let delay) = $0 { delay } else { nil } }.first
        }
    }

    @Test func `the delay doubles up to the maximum`() {
        #expect(delays(5, random: 0.5) { _ in } == [1, 2, 4, 5, 5].map { .seconds($0) })
    }

    @Test func `jitter varies the delay by its part and never beyond the maximum`() {
        #expect(delays(4, random: 0) { _ in } == [0.5, 1, 2, 2.5].map { .seconds($0) })
        #expect(delays(4, random: 1) { _ in } == [1.5, 3, 5, 5].map { .seconds($0) })
    }

    @Test func `settings out of range are taken for the nearest that make sense`() {
        #expect(delays(2, random: 0) { $0.jitter = 7 } == [.zero, .zero])
        #expect(delays(2, random: 0) { $0.jitter = -7 } == [.seconds(1), .seconds(2)])
        #expect(delays(2, random: 1) { $0.delay = .seconds(-1) } == [.zero, .zero])
        #expect(delays(2, random: 1) { $0.maximumDelay = .seconds(-1) } == [.zero, .zero])
        #expect(delays(2, random: 0.5) { $0.delay = .seconds(60) } == [.seconds(5), .seconds(5)])
    }

    @Test func `a million failures overflow nothing`() {
        let settings = ReconnectionSettings()
        #expect(settings.delay(before: 1_000_000, random: 0.5) == .seconds(5))
        var long = ReconnectionSettings()
        long.maximumDelay = .seconds(1 << 40)
        #expect(long.delay(before: 1_000, random: 0.5) == .seconds(1 << 40))
    }

    @Test(arguments: [true, false])
    func `only a connection that has let a socket in begins to count anew`(letsIn: Bool) {
        var machine = Self.machine()
        _ = machine.connect()
        for _ in 0..<2 {
            _ = machine.failed(.transportClosed)
            _ = machine.retryDue()
        }
        _ = machine.prepared()
        _ = machine.greeted(Self.handshake(upgrades: []))
        if letsIn { machine.joined() }
        let (attempt, delay) = letsIn ? (1, Duration.seconds(1)) : (4, .seconds(4))
        #expect(
            machine.failed(.pingTimeout).suffix(2) == [
                .armRetry(delay), .tell(.waiting(attempt: attempt, delay: delay, .pingTimeout)),
            ]
        )
    }

    // MARK: Giving up

    @Test(arguments: [0, 1, 3])
    func `after the maximum of attempts the client gives up with the last error`(maximum: Int) {
        var machine = Self.machine { $0.maximumAttempts = maximum }
        _ = machine.connect()
        for _ in 0..<maximum {
            #expect(!machine.failed(.transportClosed).contains { if case .giveUp = $0 { true } else { false } })
            _ = machine.retryDue()
        }
        let reason = ClientError.gaveUp(ClientError.pingTimeout.description)
        #expect(machine.failed(.pingTimeout).suffix(2) == [.tell(.closed(reason)), .giveUp(reason)])
        #expect(Self.state(of: machine) == .idle)
        #expect(machine.connect().first == .tell(.connecting(attempt: 1)))
        #expect(machine.failed(.pingTimeout).contains(.giveUp(reason)) == (maximum == 0))
    }

    @Test func `an error that no further attempt can mend ends the attempts`() {
        let error = ClientError.unusableSetting("the file is missing")
        var machine = Self.machine(in: .opening)
        #expect(machine.failed(error) == [.disarmDeadline, .dropLink, .tell(.closed(error)), .giveUp(error)])
        #expect(machine.connect().first == .tell(.connecting(attempt: 1)))
    }

    @Test func `without reconnection the error itself is told`() {
        var machine = Self.machine { $0.isEnabled = false }
        _ = machine.connect()
        #expect(
            machine.failed(.pingTimeout) == [.disarmDeadline, .tell(.closed(.pingTimeout)), .giveUp(.pingTimeout)]
        )
    }
}
