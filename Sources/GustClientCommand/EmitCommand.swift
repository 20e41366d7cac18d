import ArgumentParser
import GustClient

/// `gust-client emit URL NAME VALUE…`.
struct EmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "emit", abstract: "Sends an event.")

    @OptionGroup var connection: ConnectionOptions

    @Argument(help: "The name of the event.")
    var name: String

    @Argument(help: "Its arguments: JSON, text, or @FILE.")
    var values: [String] = []

    func validate() throws { try CommandValue.check(name: name) }

    func run() async throws {
        let arguments = try CommandValue.arguments(values)
        let conversation = try await Conversation.begin(connection)
        conversation.socket.emit(name, arguments: arguments)
        do {
            try await conversation.socket.flush()
        } catch {
            Output.note("\(error)")
            throw ExitCode(1)
        }
        await conversation.client.close()
    }
}
