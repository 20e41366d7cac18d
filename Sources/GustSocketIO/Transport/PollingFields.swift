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

    /// The fields of the response to a `POST`, for the types that the revisions have.
    private static let replies: [(type: String, fields: PreparedFields)] = Revision.all.map { revision in
        let type = revision.postReply.contentType
        return (type, PreparedFields([.contentType: type]))
    }

    /// The fields of the response to a `POST` of the media type `type`.
    static func reply(_ type: String) -> PreparedFields {
        replies.first { $0.type.hasSameBytes(as: type) }?.fields ?? PreparedFields([.contentType: type])
    }
}
