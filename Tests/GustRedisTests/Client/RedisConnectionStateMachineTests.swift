#if Redis
import NIOCore
import Testing

@testable import GustRedis

@Suite struct RedisConnectionStateMachineTests {
    /// An action in one word.
    private func name(_ action: RedisConnectionStateMachine.Action) -> String {
        switch action {
        case .none: "none"
        case .connect: "connect"
        case .send: "send"
        case .use: "use"
        case .deliver: "deliver"
        case .pause(let pause, let error, let wasUsed):
            "pause \(pause.nanoseconds / 1_000_000) \(wasUsed ? "lost" : "refused") \(error)"
        case .end(let wasUsed): "end \(wasUsed)"
        }
    }

    @Test func `a connection is made, used, lost and made again`() {
        var machine = RedisConnectionStateMachine(RedisSettings())
        #expect(name(machine.start()) == "connect")
        #expect(name(machine.start()) == "none")
        #expect(name(machine.connected()) == "send")
        #expect(name(machine.receive(.map([]), random: 0)) == "send")
        #expect(name(machine.receive(.simpleString("PONG"), random: 0)) == "use")
        #expect(name(machine.receive(.integer(1), random: 0)) == "deliver")
        #expect(name(machine.failed(.timedOut, random: 0)) == "pause 25 lost \(RedisError.timedOut)")
        #expect(name(machine.failed(.timedOut, random: 0)) == "none")
        #expect(name(machine.receive(.integer(1), random: 0)) == "none")
        #expect(name(machine.pauseEnded()) == "connect")
        #expect(name(machine.close()) == "end false")
        #expect(name(machine.connected()) == "end false")
        #expect(name(machine.start()) == "none")
    }

    @Test func `pauses double to the maximum, and half of each is random`() {
        var settings = RedisSettings()
        settings.maximumBackOff = .seconds(2)
        var machine = RedisConnectionStateMachine(settings)
        _ = machine.start()
        var pauses: [String] = []
        for _ in 0..<8 {
            pauses.append(name(machine.failed(.loading, random: 1)))
            _ = machine.pauseEnded()
        }
        let refused = "refused \(RedisError.loading)"
        #expect(pauses == [50, 100, 200, 400, 800, 1_600, 2_000, 2_000].map { "pause \($0) \(refused)" })
    }

    @Test func `a refused handshake is repeated after a pause`() {
        var machine = RedisConnectionStateMachine(RedisSettings())
        _ = machine.start()
        _ = machine.connected()
        let error = RedisError.authenticationFailed("NOAUTH x")
        #expect(name(machine.receive(.error("NOAUTH x"), random: 0)) == "pause 25 refused \(error)")
    }
}
#endif
