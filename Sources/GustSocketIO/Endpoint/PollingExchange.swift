import GustHTTP
import GustWire
import HTTPTypes
import NIOCore

/// The two requests of a polling session: `GET` fetches packets from the server, `POST` sends packets to it.
enum PollingExchange {
    /// Answers a poll when there are packets for the client.
    static func poll(_ request: Request, _ connection: Connection, _ address: Address) -> Response {
        let encoding = PollEncoding(
            connection.io.settings.pollCompression,
            isCompressible: connection.revision.rules.compressesPolls,
            request
        )
        return Response(
            body: .stream { writer in
                let poll = PendingPoll(writer, address, encoding: encoding, travels: !connection.isOnLoop)
                connection.run { attach(poll, to: $0) }
            }
        )
    }

    /// Attaches a poll to its connection.
    private static func attach(_ poll: PendingPoll, to connection: Connection) {
        // A deadline that has passed is handled first, although the timer wheel may not have reached its tick.
        connection.passDeadlines()
        guard let transport = connection.transport.polling, !connection.machine.hasEnded else {
            // The connection has upgraded or ended, perhaps after it was looked up.
            return poll.refuse(connection.revision.refusal(.badRequest))
        }
        if connection.revision.rules.outlivesPolls { transport.release(saying: connection.releasingFrame) }
        guard transport.attach(poll, of: connection) else {
            // Of two pending polls the server can't tell which one the client still reads (engine.io 6.6, `lib/transports/polling.ts`).
            poll.refuse(.badRequest)
            return connection.transportEnded(.transportError)
        }
        attached(poll, to: connection, transport)
    }

    /// Watches a poll that has become pending, and answers it if packets wait.
    static func attached(_ poll: PendingPoll, to connection: Connection, _ transport: PollingTransport) {
        let outlivesPolls = connection.revision.rules.outlivesPolls
        poll.whenAborted {
            connection.run { connection in
                guard transport.isWaiting(poll) else { return }
                guard outlivesPolls else { return connection.transportEnded(.transportError) }
                transport.forget(poll)
                connection.noteRelease()
            }
        }
        if outlivesPolls { connection.apply(.pollAttached) }
        connection.flush()
    }

    /// Receives a payload, and answers after the payload has been handled, or before, as the revision requires.
    ///
    /// A `POST` counts from the beginning of its body: a second `POST` before the body is complete ends the session.
    static func post(_ request: Request, _ connection: Connection, _ address: Address) -> Response {
        let revision = connection.revision
        let envelope = address.envelope
        let stamp = address.stamp.map { ByteText($0) }
        let limit = connection.io.settings.maximumPayload
        let isBinary = request.value(of: "content-type")?.hasBytePrefix("application/octet-stream") ?? false
        let body = request.body
        var isComing = false
        if case .stream = body.storage {
            if let length = request.headers[.contentLength].flatMap(Int.init), length > limit {
                return Response(status: .contentTooLarge, headers: [.connection: "close"])
            }
            isComing = !revision.rules.repliesFirst
        }
        return Response(
            body: .stream { [isComing] writer in
                let answer = PostAnswer(writer, reply: revision.postReply)
                if isComing { connection.run { reserve(answer, $0) } }
                body.collect(upTo: limit) { result in
                    switch result {
                    case .success(let bytes):
                        connection.run { connection in
                            if isComing { connection.isPosting = false }
                            receive(bytes, isBinary: isBinary, envelope, connection, answer, stamp)
                        }
                    case .failure(let error):
                        answer.refuse(error.status)
                        connection.run { connection in
                            if isComing { connection.isPosting = false }
                            // A body that was aborted ends the session. A body that is too large doesn't, nor does the body of
                            // a request to another transport than that of the session.
                            guard connection.transport.kind != .webSocket, error.status != .contentTooLarge
                            else { return }
                            connection.transportEnded(.transportError)
                        }
                    }
                }
            }
        )
    }

    /// Records that a `POST` of the connection is being received, unless the `POST` is refused.
    private static func reserve(_ answer: PostAnswer, _ connection: Connection) {
        guard !refuse(answer, connection) else { return }
        connection.isPosting = true
    }

    /// Refuses a `POST` that the connection can't receive now; returns whether it was refused.
    private static func refuse(_ answer: PostAnswer, _ connection: Connection) -> Bool {
        // A deadline that has passed is handled first, although the timer wheel may not have reached its tick.
        connection.passDeadlines()
        guard connection.transport.kind != .webSocket, !connection.machine.hasEnded else {
            // The sid belongs to a session on another transport (engine.io 6.6, `server.ts`, `verify`).
            answer.refuse(connection.revision.refusal(.badRequest))
            return true
        }
        guard connection.isPosting else { return false }
        // The reference server sends no body here, nor for a second `GET` or for binary payloads that it refuses
        // (`transports/polling.ts`).
        answer.refuse(.badRequest)
        connection.transportEnded(.transportError)
        return true
    }

    /// How many `POST`s of one session may wait until it reads again, in revisions that answer a `POST` before it is handled.
    private static let maximumWaiting = 16

    private static func receive(
        _ bytes: ByteBuffer,
        isBinary: Bool,
        _ envelope: Envelope,
        _ connection: Connection,
        _ answer: PostAnswer,
        _ stamp: ByteText?
    ) {
        let transport = connection.transport.polling
        if let transport, transport.repetition.isRepeated(post: stamp) {
            // The packets have been handled.
            return answer.accept()
        }
        guard !refuse(answer, connection) else { return }
        guard !isBinary || !connection.revision.payload.refusesBinary else {
            answer.refuse(.badRequest)
            return connection.transportEnded(.transportError)
        }
        guard !connection.revision.rules.repliesFirst else {
            guard connection.whenResumed.count < maximumWaiting else {
                answer.refuse(.badRequest)
                return connection.transportEnded(.transportError)
            }
            return connection.whenReading {
                answer.accept()
                connection.receivePayload(bytes, isBinary: isBinary, isScript: envelope.isScript)
            }
        }
        transport?.repetition.accept(post: stamp)
        connection.isPosting = true
        connection.receivePayload(bytes, isBinary: isBinary, isScript: envelope.isScript)
        // The response is delayed while reading is paused, so that the client sends no further `POST`.
        connection.whenReading {
            connection.isPosting = false
            answer.accept()
        }
    }
}
