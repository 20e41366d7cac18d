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

    /// The type of the response to a `POST`, for the types that the revisions have.
    private static let replies: [(type: String, change: PreparedChange)] = Revision.all.map { revision in
        let type = revision.postReply.contentType
        return (type, PreparedChange { $0[.contentType] = type })
    }

    /// Sets the type of the response to a `POST`.
    static func setType(_ type: String, of writer: any ResponseWriter) {
        if let reply = replies.first(where: { $0.type.hasSameBytes(as: type) }) {
            writer.make(reply.change)
        } else {
            writer.headers[.contentType] = type
        }
    }
}
