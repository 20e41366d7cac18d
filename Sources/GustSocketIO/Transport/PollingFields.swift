import GustHTTP
import GustWire
import HTTPTypes

/// The header fields of the responses to polls, and the responses to `POST`s, made once because each packet of a polling client needs them.
enum PollingFields {
    /// The fields of the response to a poll with a payload of text.
    static let poll = PreparedChange { fields in
        fields[.contentType] = Envelope.plain.contentType
        fields[.cacheControl] = "no-store"
    }

    /// The responses to a `POST` whose payload was taken.
    private static let replies: [(key: ObjectIdentifier, response: Response)] = Revision.all.map {
        (ObjectIdentifier($0), made($0))
    }

    /// The response to a `POST` whose payload was taken.
    static func reply(of revision: Revision) -> Response {
        let key = ObjectIdentifier(revision)
        for index in replies.indices where replies[index].key == key { return replies[index].response }
        return made(revision)
    }

    private static func made(_ revision: Revision) -> Response {
        let reply = revision.postReply
        return Response(prepared: PreparedFields([.contentType: reply.contentType]), .body(.bytes(reply.body)))
    }
}
