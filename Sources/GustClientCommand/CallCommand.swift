import ArgumentParser
import GustClient

/// `gust-client call URL NAME VALUE…`.
struct CallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "call",
        abstract: "Sends an event, and shows the server's acknowledgement."
    )

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The name of the event.")
    var name: String

    @Argument(help: "Its arguments: JSON, text, or @FILE.")
    var values: [String] = []

    func validate() throws { try CommandValue.check(name: name) }

    func run() async throws {
        let arguments = try CommandValue.arguments(values)
        let conversation = try await Conversation.begin(connection)
        do {
            try await conversation.call(name, arguments, connection.duration)
        } catch {
            Output.note("\(error)")
            throw ExitCode(2)
        }
        await conversation.client.close()
    }
}
