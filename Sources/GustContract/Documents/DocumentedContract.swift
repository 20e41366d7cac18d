/// A contract with the shapes of all arguments and replies.
struct DocumentedContract {
    /// An event with the shapes of its arguments.
    struct Event {
        let name: String
        let summary: String?
        let parameters: [(name: String, shape: ValueShape)]
        /// The shapes of the reply's arguments; nil if the event isn't acknowledged.
        let reply: [ValueShape]?
        let isFromClient: Bool
        let isFromServer: Bool
    }

    let title: String
    let version: String
    let events: [Event]
    let objects: ShapeTable

    init(_ contract: any Contract) throws {
        title = contract.title
        version = contract.version
        let finder = ShapeFinder()
        events = try contract.events.map { try Self.event($0, finder) }
        objects = finder.table
        guard !events.isEmpty else { throw ContractError(.noEvents(title)) }
        try Self.checkNames(events.filter(\.isFromClient))
        try Self.checkNames(events.filter(\.isFromServer))
    }

    private static func event<Declaration: EventDeclaration>(
        _ event: Declaration,
        _ finder: ShapeFinder
    ) throws -> Event {
        let signature = event.signature
        let shapes = try signature.payload.types.map { try finder.shape(of: $0) }
        let names = shapes.indices.map { index in
            if index < signature.parameters.count { return signature.parameters[index] }
            return shapes.count == 1 ? "payload" : "argument\(index + 1)"
        }
        return Event(
            name: signature.name,
            summary: signature.summary,
            parameters: zip(names, shapes).map { ($0, $1) },
            reply: signature.hasReply ? try signature.reply.types.map { try finder.shape(of: $0) } : nil,
            isFromClient: event is any EventFromClient,
            isFromServer: event is any EventFromServer
        )
    }

    private static func checkNames(_ events: [Event]) throws(ContractError) {
        for (index, event) in events.enumerated()
        where events[..<index].contains(where: { $0.name.utf8.elementsEqual(event.name.utf8) }) {
            throw ContractError(.sameName(event.name))
        }
    }

    /// Whether a client gets `{"error": …}` as the reply of some event.
    var hasFailures: Bool { events.contains { $0.isFromClient && $0.reply != nil } }

    /// Whether some argument, reply or member has bytes.
    var hasBytes: Bool {
        let shapes = events.flatMap { $0.parameters.map(\.shape) + ($0.reply ?? []) }
        return (shapes + objects.objects.flatMap { $0.members.map(\.shape) }).contains(where: \.hasBytes)
    }
}

extension ValueShape {
    /// Whether the shape itself, not that of a named object in it, has bytes.
    fileprivate var hasBytes: Bool {
        switch self {
        case .bytes: true
        case .optional(let shape), .array(let shape), .dictionary(let shape): shape.hasBytes
        case .tuple(let shapes): shapes.contains(where: \.hasBytes)
        default: false
        }
    }
}
