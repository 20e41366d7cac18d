import GustHTTP
import GustWire
import HTTPTypes

/// The header fields of the responses to polls and `POST`s, made once because each packet of a polling client needs them.
enum PollingFields {
    /// The fields of the response to a poll with a payload of text.
    static let poll = PreparedChange { fields in
        fields[.contentType] = Envelope.plain.contentType
        fields[.cacheControl] = "no-store"
    }

    /// The fields of the response to a `POST` whose payload was taken, for each revision.
    private static let replies: [(key: ObjectIdentifier, fields: PreparedFields)] = Revision.all.map {
        (ObjectIdentifier($0), PreparedFields([.contentType: $0.postReply.contentType]))
    }

    /// The response to a `POST` whose payload was taken.
    static func reply(of revision: Revision) -> Response {
        Response(prepared: fields(of: revision), .body(.bytes(revision.postReply.body)))
    }

    private static func fields(of revision: Revision) -> PreparedFields {
        let key = ObjectIdentifier(revision)
        for index in replies.indices where replies[index].key == key { return replies[index].fields }
        return PreparedFields([.contentType: revision.postReply.contentType])
    }
}
