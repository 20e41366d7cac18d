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
        return PendingPoll(of: connection, address, on: request.eventLoop, encoding: encoding).response()
    }

    /// Attaches a poll to its connection.
    @Sendable static func attach(_ poll: PendingPoll, to connection: Connection) {
        // A deadline that has passed is handled first, although the timer wheel may not have reached its tick.
        connection.passDeadlines()
        guard let transport = connection.transport.polling, !connection.machine.hasEnded else {
            // The connection has upgraded or ended, perhaps after it was looked up.
            return poll.refuse(connection.revision.refusal(.badRequest))
        }
        if connection.revision.rules.outlivesPolls { transport.release(saying: connection.releasingFrame) }
        guard transport.attach(poll) else {
            // Of two pending polls the server can't tell which one the client still reads (engine.io 6.6, `lib/transports/polling.ts`).
            poll.refuse(.badRequest)
            return connection.transportEnded(.transportError)
        }
        attached(poll, to: connection)
    }

    /// Watches a poll that has become pending, and answers it if packets wait.
    static func attached(_ poll: PendingPoll, to connection: Connection) {
        poll.watch()
        if connection.revision.rules.outlivesPolls { connection.apply(.pollAttached) }
        connection.flush()
    }

    /// Handles the end of a poll that its client has aborted; called on the connection's loop.
    static func aborted(_ poll: PendingPoll, of connection: Connection) {
        // A connection that has upgraded has answered its poll.
        guard let transport = connection.transport.polling, transport.isWaiting(poll) else { return }
        guard connection.revision.rules.outlivesPolls else { return connection.transportEnded(.transportError) }
        transport.forget(poll)
        connection.noteRelease()
    }

    /// Receives a payload, and answers after the payload has been handled, or before, as the revision requires.
    static func post(_ request: Request, _ connection: Connection, _ address: Address) -> Response {
        let revision = connection.revision
        let limit = connection.io.settings.maximumPayload
        var payload = PostedPayload(
            isBinary: request.hasField("content-type", beginningWith: "application/octet-stream"),
            isScript: address.jsonpIndex != nil && address.envelope.isScript,
            stamp: address.stamp.map { ByteText($0) }
        )
        if connection.isOnLoop, !revision.rules.repliesFirst {
            do throws(HTTPError) {
                // Nearly all payloads are received in one piece with the head of their request, and are answered at once.
                if let bytes = try request.body.takeReceived(upTo: limit) {
                    payload.bytes = bytes
                    return handle(payload, connection, request)
                }
            } catch {
                failed(error, connection)
                return PostOutcome.refused(error.status).response(revision)
            }
        }
        if case .stream = request.body.storage, let length = request.headers[.contentLength].flatMap(Int.init),
            length > limit
        {
            return PostOutcome.refused(.contentTooLarge).response(revision)
        }
        return receive(
            request.body,
            upTo: limit,
            payload,
            connection,
            PostAnswer(on: request.eventLoop, revision)
        )
    }

    /// Handles a payload on the loop of its request.
    private static func handle(_ payload: PostedPayload, _ connection: Connection, _ request: Request) -> Response {
        let revision = connection.revision
        if let outcome = check(payload, connection) { return outcome.response(revision) }
        receive(payload, connection)
        guard connection.isReading else {
            // The response is delayed while reading is paused, so that the client sends no further `POST`.
            let answer = PostAnswer(on: request.eventLoop, revision)
            finish(answer, connection)
            return answer.response()
        }
        connection.isPosting = false
        return PostOutcome.accepted.response(revision)
    }

    /// Receives the body of a `POST` that can't be answered at once.
    ///
    /// The `POST` counts from the beginning of its body: a second `POST` before the body is complete ends the session.
    private static func receive(
        _ body: RequestBody,
        upTo limit: Int,
        _ payload: PostedPayload,
        _ connection: Connection,
        _ answer: PostAnswer
    ) -> Response {
        var isComing = false
        if case .stream = body.storage { isComing = !connection.revision.rules.repliesFirst }
        return answer.response { [isComing] in
            if isComing { connection.run { reserve(answer, $0) } }
            body.collect(upTo: limit) { result in
                connection.run { connection in
                    if isComing { connection.isPosting = false }
                    switch result {
                    case .success(let bytes):
                        var payload = payload
                        payload.bytes = bytes
                        receive(payload, connection, answer)
                    case .failure(let error):
                        answer.say(.refused(error.status))
                        failed(error, connection)
                    }
                }
            }
        }
    }

    /// Records that a `POST` of the connection is being received, unless the `POST` is refused.
    private static func reserve(_ answer: PostAnswer, _ connection: Connection) {
        if let outcome = refusal(connection) { return answer.say(outcome) }
        connection.isPosting = true
    }

    /// Ends the session of a client whose `POST` wasn't received in full.
    private static func failed(_ error: HTTPError, _ connection: Connection) {
        // A body that was aborted ends the session. A body that is too large doesn't, nor does the body of a request to another transport
        // than that of the session.
        guard connection.transport.kind != .webSocket, error.status != .contentTooLarge else { return }
        connection.transportEnded(.transportError)
    }

    /// The refusal of a `POST` that the connection can't receive now; nil if the connection can receive it.
    private static func refusal(_ connection: Connection) -> PostOutcome? {
        // A deadline that has passed is handled first, although the timer wheel may not have reached its tick.
        connection.passDeadlines()
        guard connection.transport.kind != .webSocket, !connection.machine.hasEnded else {
            // The sid belongs to a session on another transport (engine.io 6.6, `server.ts`, `verify`).
            return .refusedBy(connection.revision.refusal(.badRequest))
        }
        guard connection.isPosting else { return nil }
        // The reference server sends no body here, nor for a second `GET` or for binary payloads that it refuses
        // (`transports/polling.ts`).
        connection.transportEnded(.transportError)
        return .refused(.badRequest)
    }

    /// The outcome of a payload that isn't handled, because it came before or is refused; nil for any other payload.
    private static func check(_ payload: PostedPayload, _ connection: Connection) -> PostOutcome? {
        // The packets of a repetition have been handled.
        if connection.transport.polling?.isRepeated(post: payload.stamp) == true { return .accepted }
        if let refusal = refusal(connection) { return refusal }
        guard !payload.isBinary || !connection.revision.payload.refusesBinary else {
            connection.transportEnded(.transportError)
            return .refused(.badRequest)
        }
        return nil
    }

    /// How many `POST`s of one session may wait until it reads again, in revisions that answer a `POST` before it is handled.
    private static let maximumWaiting = 16

    /// Handles a payload, and answers by `answer`.
    private static func receive(_ payload: PostedPayload, _ connection: Connection, _ answer: PostAnswer) {
        if let outcome = check(payload, connection) { return answer.say(outcome) }
        guard connection.revision.rules.repliesFirst else {
            receive(payload, connection)
            return finish(answer, connection)
        }
        guard connection.whenResumed.count < maximumWaiting else {
            answer.say(.refused(.badRequest))
            return connection.transportEnded(.transportError)
        }
        connection.whenReading {
            answer.say(.accepted)
            connection.receivePayload(payload.bytes, isBinary: payload.isBinary, isScript: payload.isScript)
        }
    }

    /// Handles a payload that has been checked.
    private static func receive(_ payload: PostedPayload, _ connection: Connection) {
        connection.transport.polling?.accept(post: payload.stamp)
        connection.isPosting = true
        connection.receivePayload(payload.bytes, isBinary: payload.isBinary, isScript: payload.isScript)
    }

    /// Answers a payload that has been handled, as soon as the connection reads.
    private static func finish(_ answer: PostAnswer, _ connection: Connection) {
        connection.whenReading {
            connection.isPosting = false
            answer.say(.accepted)
        }
    }
}
