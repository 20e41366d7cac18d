#if Redis
import NIOCore

/// The commands before the first command of the user, one after the other: protocol, password, name, database, and a check that the server
/// executes commands.
///
/// Redis before 6 doesn't know `HELLO`; it gets `AUTH` and speaks RESP2. A reply to `PING` that is an error, for example `LOADING`, means that
/// the server can't be used yet.
struct RedisHandshake: Sendable {
    /// What to do after a reply.
    enum Action: Sendable {
        case send(RedisCommand)
        case finish
        case refuse(RedisError)
    }

    private enum Step {
        case hello, authenticate, name, select, ping
    }

    private let settings: RedisSettings
    private var steps: ArraySlice<Step>

    init(_ settings: RedisSettings) {
        self.settings = settings
        steps = [.hello, .select, .ping]
    }

    /// The first command.
    func start() -> RedisCommand { command(.hello) ?? RedisCommand("PING") }

    /// Takes the reply to the last command.
    mutating func receive(_ reply: RESPValue) -> Action {
        guard let step = steps.first else { return .finish }
        if case .error(let bytes) = reply {
            let error = RedisError(server: bytes)
            switch (step, error) {
            case (.hello, .unknownCommand),
                (.hello, _) where error.isRefusal("NOPROTO"):
                steps = [.hello, .authenticate, .name, .select, .ping]
            // The name is for people only.
            case (.name, _): break
            default: return .refuse(error)
            }
        }
        steps.removeFirst()
        while let step = steps.first {
            if let command = command(step) { return .send(command) }
            steps.removeFirst()
        }
        return .finish
    }

    /// The command of a step; nil if the settings make it unnecessary.
    private func command(_ step: Step) -> RedisCommand? {
        switch step {
        case .hello:
            var command = RedisCommand("HELLO", "3")
            if let password = settings.password {
                command.append("AUTH")
                command.append(settings.username ?? "default")
                command.append(password)
            }
            command.append("SETNAME")
            command.append(settings.clientName)
            return command
        case .authenticate:
            guard let password = settings.password else { return nil }
            var command = RedisCommand("AUTH")
            if let username = settings.username { command.append(username) }
            command.append(password)
            return command
        case .name: return RedisCommand("CLIENT", "SETNAME", settings.clientName)
        case .select: return settings.database == 0 ? nil : RedisCommand("SELECT", String(settings.database))
        case .ping: return RedisCommand("PING")
        }
    }
}
#endif
