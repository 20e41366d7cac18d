import ArgumentParser
import Gust

/// The events of the chat room.
///
/// Clients of Socket.IO 0.6 don't support acknowledgements: they get the events `welcome` and `said` instead. A refused event is acknowledged
/// with `{"error": "…"}`.
struct ChatContract: Contract {
    let title = "Chatroom"

    let join = ClientEvent<(String, String?), Welcome>(
        "join",
        parameters: ["name", "key"],
        summary:
            "Joins the room with a nickname. The key is a secret of the browser tab, by which it is known after a reconnect."
    )
    let say = ClientEvent<String, Line>("say", parameters: ["text"], summary: "Says a line to the others in the room.")
    let type = ClientEvent<Bool, Never>("typing", parameters: ["isTyping"], summary: "Begins or stops typing.")

    let line = ServerEvent<Line, Never>(
        "line",
        parameters: ["line"],
        summary: "Another person in the room has said a line."
    )
    let people = ServerEvent<People, Never>(
        "people",
        parameters: ["people"],
        summary: "The people in the room have changed."
    )
    let typing = ServerEvent<Typing, Never>(
        "typing",
        parameters: ["typing"],
        summary: "Another person is typing or has stopped."
    )
    let welcome = ServerEvent<Welcome, Never>(
        "welcome",
        parameters: ["welcome"],
        summary: "The reply to `join` for 0.6."
    )
    let said = ServerEvent<Line, Never>("said", parameters: ["line"], summary: "The reply to `say` for 0.6.")

    /// The format of a document.
    enum Format: String, CaseIterable, ExpressibleByArgument { case typescript, asyncapi }

    func document(_ format: Format) throws -> String {
        switch format {
        case .typescript: try typeScript()
        case .asyncapi: try asyncAPI()
        }
    }
}
