/// Decides without I/O what one HTTP/1.1 connection does next: keep-alive, pipelining, `100 Continue`, half-close,
/// lingering, draining, upgrades, deadlines, errors and shutdown.
///
/// The channel handler reports events and executes the actions. Every event is allowed in every state; an event without a
/// meaning in the present state changes nothing. Source: RFC 9110 §7.8, §10.1.1; RFC 9112 §9.
struct HTTPExchangeStateMachine: Equatable {
    /// A request that is being answered.
    struct Exchange: Equatable {
        /// Whether a part of the request's body has not been read, and whether its reader demands bytes.
        enum Body: Equatable { case none, unwanted, wanted }

        /// Whether the connection is kept after the response.
        var keepsAlive: Bool
        var body: Body
        /// Whether the client waits for `100 Continue`.
        var awaitsContinue: Bool
        /// Whether the response is streamed, so that it may take long or begin later.
        var isStreamed = false
    }

    /// The state of the connection.
    enum State: Equatable {
        /// The connection waits for a request; `isInHead` after a part of its head has been received.
        case waiting(isInHead: Bool)
        case answering(Exchange)
        /// The request has been answered; up to `remaining` bytes of its body are read and dropped.
        case draining(remaining: Int)
        /// The last response has been written; the output is closed when the response has been sent.
        case closing(lingers: Bool)
        /// The output is closed; bytes from the peer are read and dropped until the deadline.
        case lingering
        /// The connection belongs to another protocol.
        case upgraded
        case over
    }

    /// What a deadline is set for.
    typealias Deadline = ConnectionDeadlines.Kind

    /// How many bytes of a body may be dropped to keep the connection, and how many must be received within the body's deadline.
    let drainLength: Int
    let bodyProgress: Int

    var state = State.waiting(isInHead: false)
    /// Whether the peer has shut down its sending side.
    var isInputClosed = false
    /// Whether the next response announces the end of the connection.
    var isDraining = false
    var isShuttingDown = false
    /// The number of bytes of the body received since its deadline was set; nil without such a deadline.
    var progress: Int?

    init(drainLength: Int, bodyProgress: Int) {
        self.drainLength = drainLength
        self.bodyProgress = bodyProgress
    }

    /// Whether received bytes are parsed; otherwise they are dropped.
    var takesInput: Bool {
        switch state {
        case .waiting, .answering, .draining: true
        case .closing, .lingering, .upgraded, .over: false
        }
    }

    /// Whether the next request may be read.
    var isWaiting: Bool { if case .waiting = state { true } else { false } }

    /// Whether the next bytes belong to a body that is being read or dropped.
    var takesBody: Bool {
        switch state {
        case .answering(let exchange): exchange.body == .wanted
        case .draining: true
        case .waiting, .closing, .lingering, .upgraded, .over: false
        }
    }

    /// Whether the connection is kept after the response that is being written.
    var keepsAlive: Bool { if case .answering(let exchange) = state { exchange.keepsAlive } else { false } }

    /// Whether the channel is read, if `waiting` bytes are in the buffer and the channel's output has room (`isWritable`).
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
        /// A complete head was read; `hasBody` if the body has not been read in full.
        case request(keepsAlive: Bool, hasBody: Bool, awaitsContinue: Bool)
        /// The buffer has no complete head, or no bytes of the body.
        case starved(hasInput: Bool)
        /// The handler demands bytes of the body, or has received more than it demanded.
        case bodyDemand(isWanted: Bool)
        case bodyBytes(Int)
        case bodyEnd
        /// The head or the body can't be read.
        case malformed
        /// The response is streamed: its writer may write now or later.
        case answerStreams
        /// A part of a streamed response was written.
        case answerContinues
        /// The head of the response is about to be written; `closes` if the response ends with the connection.
        case answerBegins(closes: Bool)
        /// The response was written; `hasInput` if bytes wait in the buffer.
        case answerEnds(hasInput: Bool)
        /// The response can't be completed.
        case answerBreaks
        /// A response outside of an exchange was written: a refusal, or a Flash policy.
        case refusalEnds
        case upgrade
        case outputClosed
        case inputClosed
        case writabilityChanged(isWritable: Bool, current: Deadline?)
        case missed(Deadline)
        /// The server will stop: the connection is kept until the end of its next response, or until ``shutdown(hasInput:)``.
        case drain
        case shutdown(hasInput: Bool)
        case inactive
    }

    /// The reason why a body can't be received in full.
    enum BodyFailure: Equatable { case malformed, truncated, timeout }

    /// An action that the channel handler executes.
    enum Action: Equatable {
        case none
        /// Hands the request to the user's handler.
        case answer
        /// Parses the buffer, and continues to read.
        case proceed
        /// Sends `100 Continue`, then does the same as ``proceed``.
        case goOn
        /// Hands the piece, or the end, to the reader of the body.
        case deliver
        /// Fails the body: its reader throws an error.
        case failBody(BodyFailure)
        /// Answers a request that can't be read, or that wasn't received in time; ``Event/refusalEnds`` follows.
        case refuse
        /// Sends the written output, then closes the output.
        case closeOutput
        /// Reads and drops bytes from the peer.
        case linger
        /// Closes the channel at once.
        case abort
        /// Ends the body, the writer and the task of the request, because the peer has closed the connection.
        case leave
    }

    /// How the deadline changes.
    enum Change: Equatable {
        case keep
        case begin(Deadline)
        case end(Deadline)
        case cancel
    }

    /// A change of the deadline, and the action after it.
    struct Step: Equatable {
        var action = Action.none
        var deadline = Change.keep
    }
}
