import GustHTTP
import GustWire

/// The `GET` of a streaming session that has one already: the newest is the one that is read.
enum StreamingExchange {
    /// Goes on in a new answer.
    static func stream(_ connection: Connection, _ envelope: Envelope) -> Response {
        Response(
            body: .stream { writer in
                let answer = StreamedAnswer(writer, envelope: envelope)
                connection.run { connection in
                    guard let transport = connection.transport as? StreamingTransport, connection.machine.isOpen else {
                        return answer.refuse(connection.revision.refusal(.unknownSession))
                    }
                    transport.attach(answer, of: connection)
                    connection.flush()
                }
            }
        )
    }
}
