/// The events of an endpoint, declared once for the server, its tests, its clients and its documents.
///
/// Each stored property that declares an event is one of its events:
///
/// ```swift
/// struct Chat: Contract {
///     let say = ClientEvent<String, Line>("say", parameters: ["text"], summary: "Says a line to the others in the room.")
///     let line = ServerEvent<Line, Never>("line")
///     let typing = Event<Bool, Never>("typing")
/// }
///
/// let chat = Chat()
/// socket.on(chat.say) { text in
///     let line = Line(text)
///     socket.broadcast.emit(chat.line, line)
///     return line
/// }
/// print(try chat.typeScript())
/// ```
public protocol Contract: Sendable {
    /// The title of the documents; by default the name of the type.
    var title: String { get }
    /// The version of the documents; by default `1.0.0`.
    var version: String { get }
    /// The events, in the order of the documents; by default the stored properties that declare events.
    var events: [any EventDeclaration] { get }
}

extension Contract {
    /// The name of the type.
    public var title: String { String(describing: Self.self) }

    /// `1.0.0`.
    public var version: String { "1.0.0" }

    /// The stored properties that declare events, in the order of their declaration.
    public var events: [any EventDeclaration] {
        Mirror(reflecting: self).children.compactMap { $0.value as? any EventDeclaration }
    }

    /// The types of the events for TypeScript: `Socket<ServerToClientEvents, ClientToServerEvents>` of socket.io-client 4, and an
    /// interface for each type of their arguments.
    ///
    /// The text doesn't depend on anything but the contract, so that a changed contract is seen as a changed file.
    /// - Throws: ``ContractError`` if the shape of a type can't be found out, or two events have one name.
    public func typeScript() throws -> String { try TypeScriptWriter(DocumentedContract(self)).text() }

    /// The events as a document of AsyncAPI 3.0, in JSON.
    ///
    /// It is the document of the server: it receives the events of clients, and sends its own. The payload of a message is the array of
    /// the event's arguments.
    /// - Throws: ``ContractError`` if the shape of a type can't be found out, or two events have one name.
    public func asyncAPI() throws -> String { try AsyncAPIWriter(DocumentedContract(self)).text() }
}
