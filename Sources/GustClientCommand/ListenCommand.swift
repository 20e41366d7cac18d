import ArgumentParser
import GustClient

/// `gust-client listen URL`.
struct ListenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "listen",
        abstract: "Shows the events of the server until the program is stopped."
    )

    @OptionGroup var connection: ConnectionOptions

    @Option(name: .customLong("for"), help: "How many seconds to listen; without it, until the client gives up.")
    var seconds: Double?

    func validate() throws {
        guard let seconds else { return }
        guard seconds > 0, seconds < 1e9 else { throw ValidationError("--for is a number of seconds") }
    }

    func run() async throws {
        let conversation = try await Conversation.begin(connection, showsEvents: true)
        let clock = Task {
            guard let seconds else { return }
            try await Task.sleep(for: .milliseconds(Int(seconds * 1_000)))
            await conversation.client.close()
        }
        var end: ClientError?
        for await state in conversation.client.states {
            if case .closed(let error) = state { end = error }
            if case .idle = state { break }
            if end != nil { break }
        }
        clock.cancel()
        await conversation.client.close()
        guard let end, end != .closed else { return }
        Output.note("\(end)")
        throw ExitCode(1)
    }
}
