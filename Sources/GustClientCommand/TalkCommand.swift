import ArgumentParser
import GustClient

/// `gust-client URL`: lines of the terminal are events.
struct TalkCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "talk",
        abstract: "Sends the lines of the input, and shows the events of the server (the default).",
        discussion: """
            name value …    sends an event
            ?name value …   sends an event and shows its acknowledgement
            : text          sends a message
            The end of the input ends the program.
            """
    )

    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let conversation = try await Conversation.begin(connection, showsEvents: true)
        for await line in InputLines.all {
            do {
                try await say(line, conversation)
            } catch {
                Output.note("\(error)")
            }
        }
        // What was sent last may still be on its way; a lost connection has been shown.
        try? await conversation.socket.flush()
        await conversation.client.close()
    }

    private func say(_ line: String, _ conversation: Conversation) async throws {
        var words = CommandValue.words(of: line)[...]
        guard var name = words.popFirst() else { return }
        if name.utf8.first == UInt8(ascii: ":") {
            let text = line.utf8.drop { $0 != UInt8(ascii: ":") }.dropFirst().drop { $0 == UInt8(ascii: " ") }
            return conversation.socket.send(String(Substring(text)))
        }
        let isCall = name.utf8.first == UInt8(ascii: "?")
        if isCall { name = String(Substring(name.utf8.dropFirst())) }
        let arguments = try CommandValue.arguments(Array(words))
        guard isCall else { return conversation.socket.emit(name, arguments: arguments) }
        try await conversation.call(name, arguments, connection.duration)
    }
}
