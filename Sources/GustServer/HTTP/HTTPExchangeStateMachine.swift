/// What one HTTP/1.1 connection does next, decided without I/O: keep-alive, pipelining, `100 Continue`, half-close,
/// lingering, draining, upgrades, deadlines, errors and shutdown.
///
/// The channel handler reports events and executes the actions. Every event is allowed in every state; one that has no
/// meaning there changes nothing. An action is a value without memory of its own. Source: RFC 9110 §7.8, §10.1.1;
/// RFC 9112 §9.
struct HTTPExchangeStateMachine: Equatable {
    /// A request that is being answered.
    struct Exchange: Equatable {
        /// What is left of the request's body in front of the next request.
        enum Body: Equatable { case none, unwanted, wanted }

        /// Whether the connection goes on after the answer.
        var keepsAlive: Bool
        var body: Body
        /// Whether the client waits for `100 Continue`.
        var awaitsContinue: Bool
        /// Whether the answer goes on for a while, or comes later.
        var isStreamed = false
    }

    /// Where the connection is.
    enum State: Equatable {
        /// A request is waited for; `isInHead` once a part of its head has come.
        case waiting(isInHead: Bool)
        case answering(Exchange)
        /// The request was answered; so many bytes of its body may still be dropped.
        case draining(remaining: Int)
        /// The last answer was written; the output is closed when it has left.
        case closing(lingers: Bool)
        /// The output is closed; what the peer still sends is dropped for a moment.
        case lingering
        /// The connection belongs to another protocol.
        case upgraded
        case over
    }

    /// What a deadline is set for.
    typealias Deadline = ConnectionDeadlines.Kind

    /// How many bytes of a body may be dropped to keep the connection, and how many must come within its deadline.
    let drainLength: Int
    let bodyProgress: Int

    var state = State.waiting(isInHead: false)
    /// Whether the peer has shut down its side for writing.
    var isInputClosed = false
    var isShuttingDown = false
    /// How many bytes of the body have come since its deadline was set; nil while there is none.
    var progress: Int?

    init(drainLength: Int, bodyProgress: Int) {
        self.drainLength = drainLength
        self.bodyProgress = bodyProgress
    }

    /// Whether bytes are taken apart; otherwise what is read is dropped.
    var takesInput: Bool {
        switch state {
        case .waiting, .answering, .draining: true
        case .closing, .lingering, .upgraded, .over: false
        }
    }

    /// Whether the next request may be read.
    var isWaiting: Bool { if case .waiting = state { true } else { false } }

    /// Whether the next bytes are a body's, and somebody takes them.
    var takesBody: Bool {
        switch state {
        case .answering(let exchange): exchange.body == .wanted
        case .draining: true
        case .waiting, .closing, .lingering, .upgraded, .over: false
        }
    }

    /// Whether the connection goes on after the answer that is being written.
    var keepsAlive: Bool { if case .answering(let exchange) = state { exchange.keepsAlive } else { false } }

    /// Whether the channel shall be read from, with `waiting` bytes in the buffer and `isWritable` as the channel is.
    func mayRead(waiting: Int, isWritable: Bool) -> Bool {
        switch state {
        case .waiting: isWritable
        case .answering(let exchange):
            switch exchange.body {
            case .none: waiting < HTTPConnectionHandler.maximumPipelined
            case .unwanted: false
            case .wanted: true
            }
        case .draining, .closing, .lingering, .upgraded, .over: true
        }
    }
}

/// Events and actions.
extension HTTPExchangeStateMachine {
    enum Event: Equatable {
        case opened
        /// A whole head was read; `hasBody` if its body is still to be taken out of the buffer.
        case request(keepsAlive: Bool, hasBody: Bool, awaitsContinue: Bool)
        /// The buffer has no whole head, or no bytes of the body.
        case starved(hasInput: Bool)
        /// The reader of the body asks for bytes, or has more than it asked for.
        case bodyDemand(isWanted: Bool)
        case bodyBytes(Int)
        case bodyEnd
        /// The head or the body can't be read.
        case malformed
        /// The answer is a stream, whose writer may write now or later.
        case answerStreams
        /// A part of a streamed answer was written.
        case answerContinues
        /// The head of the answer is about to be written; `closes` if the answer ends with the connection.
        case answerBegins(closes: Bool)
        /// The answer was written; `hasInput` if bytes wait in the buffer.
        case answerEnds(hasInput: Bool)
        /// The answer can't be completed.
        case answerBreaks
        /// An answer outside of an exchange was written: a refusal, or Flash's policy.
        case refusalEnds
        case upgrade
        case outputClosed
        case inputClosed
        case writabilityChanged(isWritable: Bool, current: Deadline?)
        case missed(Deadline)
        case shutdown(hasInput: Bool)
        case inactive
    }

    /// Why a body can't be received in full.
    enum BodyFailure: Equatable { case malformed, truncated, timeout }

    /// What the handler does.
    enum Action: Equatable {
        case none
        /// Hands the request to the user's handler.
        case answer
        /// Takes the buffer apart, and reads on.
        case proceed
        /// The same, after `100 Continue` was sent.
        case goOn
        /// Hands the piece, or the end, to the reader of the body.
        case deliver
        /// Tells the reader of the body that it failed.
        case failBody(BodyFailure)
        /// Answers what can't be read, or didn't come in time; then ``Event/refusalEnds``.
        case refuse
        /// Sends what is written, then closes the output.
        case closeOutput
        /// Reads and drops what the peer still sends.
        case linger
        /// Closes the channel at once.
        case abort
        /// Tells reader, writer and task of the request that the peer has left.
        case leave
    }

    /// What becomes of the deadline.
    enum Change: Equatable {
        case keep
        case begin(Deadline)
        case end(Deadline)
        case cancel
    }

    /// An action, and what becomes of the deadline before it.
    struct Step: Equatable {
        var action = Action.none
        var deadline = Change.keep
    }
}
