import ArgumentParser
import GustClient
import GustWire

/// What all subcommands do: connect, show what happens, and end.
struct Conversation {
    let client: SocketClient
    let socket: ClientSocket

    /// Connects, and shows why an attempt has failed.
    ///
    /// - Throws: `ExitCode(1)` after the reason has been shown.
    static func begin(_ options: ConnectionOptions, showsEvents: Bool = false) async throws -> Conversation {
        let client = try options.client()
        let socket = try options.socket(of: client)
        let conversation = Conversation(client: client, socket: socket)
        // The server may send events together with its answer.
        if showsEvents { conversation.showEvents(hasEvents: options.hasEvents) }
        client.onError { error, _, event in Output.note("error\(event.map { " of \($0)" } ?? ""): \(error)") }
        socket.onDisconnect { reason in Output.note("disconnected: \(reason)") }
        socket.onConnect { [weak socket] in
            guard let socket else { return }
            let kind = socket.isRecovered ? "connected again, nothing was missed" : "connected"
            Output.note("\(kind): \(socket.namespace) as \(socket.id ?? "")")
        }
        let states = client.states
        Task {
            for await state in states {
                if case .waiting(_, _, let error) = state { Output.note("connecting again: \(error)") }
            }
        }
        do {
            try await socket.connect(within: options.duration)
        } catch {
            Output.note("\(error)")
            await client.close()
            throw ExitCode(1)
        }
        return conversation
    }

    /// Shows the events of the server, and acknowledges those that ask for it.
    private func showEvents(hasEvents: Bool) {
        socket.onAny { event in
            Output.line("\(event.name) \(CommandValue.text(event.arguments))")
            event.acknowledge(with: Arguments())
        }
        // In a revision with events a message is an event too.
        if !hasEvents { socket.onMessage { message in Output.line("\(message)") } }
    }

    /// Sends an event and shows its acknowledgement.
    func call(_ name: String, _ arguments: Arguments, _ time: Duration) async throws {
        let answer = try await socket.emitWithAcknowledgement(name, arguments: arguments, timeout: time)
        Output.line(CommandValue.text(answer))
    }
}
