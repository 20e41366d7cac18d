import NIOCore
import Testing

@testable import GustServer

/// The machine as a table: in this state, this event, that action, deadline and state.
@Suite struct HTTPExchangeStateMachineTests {
    typealias Machine = HTTPExchangeStateMachine
    typealias Step = HTTPExchangeStateMachine.Step

    private static let request = Machine.Event.request(keepsAlive: true, hasBody: false, awaitsContinue: false)
    private static let last = Machine.Event.request(keepsAlive: false, hasBody: false, awaitsContinue: false)
    private static let post = Machine.Event.request(keepsAlive: true, hasBody: true, awaitsContinue: false)
    private static let expecting = Machine.Event.request(keepsAlive: true, hasBody: true, awaitsContinue: true)
    private static let answered = Machine.Event.answerEnds(hasInput: false)
    private static let wanted = Machine.Event.bodyDemand(isWanted: true)

    private static func machine(after events: [Machine.Event]) -> Machine {
        var machine = Machine(drainLength: 10, bodyProgress: 4)
        for event in events { _ = machine.handle(event) }
        return machine
    }

    struct Row: CustomTestStringConvertible {
        let name: String
        let before: [Machine.Event]
        let event: Machine.Event
        let action: Machine.Action
        let deadline: Machine.Change
        let state: Machine.State

        init(
            _ name: String,
            _ before: [Machine.Event],
            _ event: Machine.Event,
            _ action: Machine.Action,
            _ deadline: Machine.Change,
            _ state: Machine.State
        ) {
            (self.name, self.before, self.event) = (name, before, event)
            (self.action, self.deadline, self.state) = (action, deadline, state)
        }

        var testDescription: String { name }
    }

    private static func answering(
        _ keepsAlive: Bool,
        _ body: Machine.Exchange.Body = .none,
        awaitsContinue: Bool = false
    ) -> Machine.State {
        .answering(Machine.Exchange(keepsAlive: keepsAlive, body: body, awaitsContinue: awaitsContinue))
    }

    static let rows: [Row] = [
        Row("a new connection is idle", [], .opened, .none, .begin(.request), .waiting(isInHead: false)),
        Row(
            "the first byte of a head sets its deadline",
            [],
            .starved(hasInput: true),
            .none,
            .begin(.head),
            .waiting(isInHead: true)
        ),
        Row(
            "further bytes of a head don't prolong it",
            [.starved(hasInput: true)],
            .starved(hasInput: true),
            .none,
            .keep,
            .waiting(isInHead: true)
        ),
        Row("a head that comes too late is refused", [], .missed(.head), .refuse, .keep, .waiting(isInHead: false)),
        Row("an idle connection ends", [], .missed(.request), .abort, .cancel, .waiting(isInHead: false)),
        Row("a malformed head is refused", [], .malformed, .refuse, .keep, .waiting(isInHead: false)),
        Row(
            "a refusal closes and lingers",
            [.malformed],
            .refusalEnds,
            .closeOutput,
            .begin(.write),
            .closing(lingers: true)
        ),
        Row("a request is answered", [], request, .answer, .cancel, answering(true)),
        Row(
            "a request is answered before the next",
            [request],
            request,
            .none,
            .keep,
            answering(true)
        ),
        Row("the next request follows", [request], answered, .proceed, .begin(.request), .waiting(isInHead: false)),
        Row(
            "the last request closes",
            [last],
            answered,
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "input behind the last request makes the connection linger",
            [last],
            .answerEnds(hasInput: true),
            .closeOutput,
            .begin(.write),
            .closing(lingers: true)
        ),
        Row(
            "an answer that closes is the last",
            [request],
            .answerBegins(closes: true),
            .none,
            .keep,
            answering(false)
        ),
        // Bodies
        Row("a body waits for its reader", [], post, .answer, .cancel, answering(true, .unwanted)),
        Row("a wanted body is read", [post], wanted, .proceed, .keep, answering(true, .wanted)),
        Row(
            "a client that waits is told to go on once",
            [expecting],
            wanted,
            .goOn,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "a client that was told isn't told again",
            [expecting, wanted, .bodyDemand(isWanted: false)],
            wanted,
            .proceed,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "an answer before 100 is the last",
            [expecting],
            .answerBegins(closes: false),
            .none,
            .keep,
            answering(false, .unwanted)
        ),
        Row(
            "no 100 follows the beginning of an answer",
            [expecting, .answerBegins(closes: false)],
            wanted,
            .proceed,
            .keep,
            answering(false, .wanted)
        ),
        Row(
            "bytes of a body are delivered",
            [post, wanted],
            .bodyBytes(3),
            .deliver,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "a body that stops has a deadline",
            [post, wanted],
            .starved(hasInput: false),
            .none,
            .begin(.body),
            answering(true, .wanted)
        ),
        Row(
            "a few bytes don't prolong it",
            [post, wanted, .starved(hasInput: false), .bodyBytes(3)],
            .starved(hasInput: false),
            .none,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "enough bytes prolong it",
            [post, wanted, .starved(hasInput: false), .bodyBytes(4)],
            .starved(hasInput: false),
            .none,
            .begin(.body),
            answering(true, .wanted)
        ),
        Row(
            "a reader that pauses ends it",
            [post, wanted],
            .bodyDemand(isWanted: false),
            .none,
            .end(.body),
            answering(true, .unwanted)
        ),
        Row("the end of a body is delivered", [post, wanted], .bodyEnd, .deliver, .end(.body), answering(true)),
        Row(
            "a body that comes too late fails, and the answer is the last",
            [post, wanted],
            .missed(.body),
            .failBody(.timeout),
            .end(.body),
            answering(false)
        ),
        Row(
            "a malformed body fails",
            [post, wanted],
            .malformed,
            .failBody(.malformed),
            .end(.body),
            answering(false)
        ),
        // Draining
        Row(
            "an unread body is dropped",
            [post],
            answered,
            .proceed,
            .end(.answer),
            .draining(remaining: 10)
        ),
        Row(
            "so many bytes are dropped",
            [post, answered],
            .bodyBytes(10),
            .none,
            .keep,
            .draining(remaining: 0)
        ),
        Row(
            "more bytes close",
            [post, answered],
            .bodyBytes(11),
            .closeOutput,
            .begin(.write),
            .closing(lingers: true)
        ),
        Row(
            "the next request follows a dropped body",
            [post, answered],
            .bodyEnd,
            .none,
            .begin(.request),
            .waiting(isInHead: false)
        ),
        Row(
            "a malformed body that is dropped has no answer",
            [post, answered],
            .malformed,
            .closeOutput,
            .begin(.write),
            .closing(lingers: true)
        ),
        Row(
            "a dropped body that stops ends",
            [post, answered],
            .missed(.body),
            .abort,
            .cancel,
            .draining(remaining: 10)
        ),
        // Half-close
        Row(
            "the end of an idle connection's input lets it take its buffer apart",
            [],
            .inputClosed,
            .proceed,
            .keep,
            .waiting(isInHead: false)
        ),
        Row(
            "an idle connection whose input has ended closes",
            [.inputClosed],
            .starved(hasInput: false),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "a part of a head is never completed",
            [.starved(hasInput: true), .inputClosed],
            .starved(hasInput: true),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "a request whose peer has shut down its side is answered in bounded time",
            [request],
            .inputClosed,
            .proceed,
            .begin(.answer),
            answering(true)
        ),
        Row(
            "a pipelined request is answered too",
            [request, .inputClosed, answered],
            request,
            .answer,
            .begin(.answer),
            answering(true)
        ),
        Row(
            "a body that is cut off fails, and is answered",
            [post, wanted, .inputClosed],
            .starved(hasInput: false),
            .failBody(.truncated),
            .begin(.answer),
            answering(false)
        ),
        Row(
            "an answer that takes too long ends",
            [request, .inputClosed],
            .missed(.answer),
            .abort,
            .cancel,
            answering(true)
        ),
        Row(
            "a dropped body that is cut off closes",
            [post, answered, .inputClosed],
            .starved(hasInput: false),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "there is nothing to linger for",
            [last, .inputClosed],
            .answerEnds(hasInput: true),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "a streamed answer has less time",
            [request, .answerStreams],
            .inputClosed,
            .proceed,
            .begin(.stream),
            .answering(Machine.Exchange(keepsAlive: true, body: .none, awaitsContinue: false, isStreamed: true))
        ),
        Row(
            "a streamed answer that goes on has its time anew",
            [request, .answerStreams, .inputClosed],
            .answerContinues,
            .none,
            .begin(.stream),
            .answering(Machine.Exchange(keepsAlive: true, body: .none, awaitsContinue: false, isStreamed: true))
        ),
        // Writability
        Row(
            "a peer that takes nothing has a deadline",
            [request],
            .writabilityChanged(isWritable: false, current: nil),
            .none,
            .begin(.write),
            answering(true)
        ),
        Row(
            "an idle peer that takes output again is idle",
            [],
            .writabilityChanged(isWritable: true, current: .write),
            .proceed,
            .begin(.request),
            .waiting(isInHead: false)
        ),
        Row(
            "a body goes on to be waited for",
            [post, wanted],
            .writabilityChanged(isWritable: true, current: .write),
            .proceed,
            .begin(.body),
            answering(true, .wanted)
        ),
        Row(
            "an answer has no deadline",
            [request],
            .writabilityChanged(isWritable: true, current: .write),
            .proceed,
            .end(.write),
            answering(true)
        ),
        Row(
            "the deadline of the last answer stands",
            [last, answered],
            .writabilityChanged(isWritable: false, current: .write),
            .none,
            .keep,
            .closing(lingers: false)
        ),
        Row(
            "a peer that takes nothing for too long is cut",
            [request],
            .missed(.write),
            .abort,
            .cancel,
            answering(true)
        ),
        // Ends
        Row(
            "a closed output closes the channel",
            [last, answered],
            .outputClosed,
            .abort,
            .cancel,
            .closing(lingers: false)
        ),
        Row(
            "a closed output lingers",
            [last, .answerEnds(hasInput: true)],
            .outputClosed,
            .linger,
            .begin(.linger),
            .lingering
        ),
        Row(
            "a lingering connection ends with its peer's input",
            [last, .answerEnds(hasInput: true), .outputClosed],
            .inputClosed,
            .abort,
            .cancel,
            .lingering
        ),
        Row(
            "a lingering connection ends in time",
            [last, .answerEnds(hasInput: true), .outputClosed],
            .missed(.linger),
            .abort,
            .cancel,
            .lingering
        ),
        Row(
            "an answer that breaks ends the connection",
            [request],
            .answerBreaks,
            .abort,
            .cancel,
            .closing(lingers: false)
        ),
        Row("an upgrade ends HTTP", [request], .upgrade, .none, .cancel, .upgraded),
        Row("an upgrade with a body is none", [post], .upgrade, .none, .keep, answering(true, .unwanted)),
        Row("a peer that leaves is left", [request], .inactive, .leave, .cancel, .over),
        Row("a peer leaves once", [.inactive], .inactive, .none, .keep, .over),
        // Shutdown
        Row(
            "an idle connection closes when the server stops",
            [],
            .shutdown(hasInput: false),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "a request that is half here is waited for",
            [.starved(hasInput: true)],
            .shutdown(hasInput: true),
            .none,
            .keep,
            .waiting(isInHead: true)
        ),
        Row("an answer becomes the last", [request], .shutdown(hasInput: false), .none, .keep, answering(false)),
        Row(
            "a request behind the beginning of the stop is the last",
            [.starved(hasInput: true), .shutdown(hasInput: true)],
            request,
            .answer,
            .cancel,
            answering(false)
        ),
    ]

    @Test(arguments: rows) func `an event in a state gives an action, a deadline and a state`(row: Row) {
        var machine = Self.machine(after: row.before)
        #expect(machine.handle(row.event) == Step(action: row.action, deadline: row.deadline))
        #expect(machine.state == row.state)
    }

    // MARK: Every event in every state

    private static let events: [Machine.Event] = [
        .opened, request, last, post, expecting, .starved(hasInput: true), .starved(hasInput: false), wanted,
        .bodyDemand(isWanted: false), .bodyBytes(3), .bodyBytes(.max), .bodyEnd, .malformed,
        .answerBegins(closes: true), .answerBegins(closes: false), answered, .answerEnds(hasInput: true),
        .answerBreaks, .refusalEnds, .upgrade, .outputClosed, .inputClosed,
        .writabilityChanged(isWritable: true, current: .write), .writabilityChanged(isWritable: true, current: nil),
        .writabilityChanged(isWritable: false, current: nil), .missed(.request), .missed(.head), .missed(.body),
        .missed(.write), .missed(.linger), .missed(.answer), .missed(.stream), .answerStreams, .answerContinues,
        .shutdown(hasInput: false), .shutdown(hasInput: true),
        .inactive,
    ]

    private static func rank(_ state: Machine.State) -> Int {
        switch state {
        case .waiting, .answering, .draining: 0
        case .closing: 1
        case .lingering: 2
        case .upgraded, .over: 3
        }
    }

    @Test func `every sequence of three events leaves a state that ends, and none goes back from its end`() {
        for first in Self.events {
            for second in Self.events {
                for third in Self.events {
                    var machine = Self.machine(after: [first, second])
                    let before = machine.state
                    let step = machine.handle(third)
                    if third != .answerBreaks, third != .inactive {
                        #expect(Self.rank(machine.state) >= Self.rank(before), "\(first), \(second), \(third)")
                    }
                    // Whatever is closed has a deadline until the channel has ended.
                    if case .closeOutput = step.action { #expect(step.deadline == .begin(.write)) }
                    if case .answer = step.action { #expect(machine.takesInput) }
                    _ = machine.handle(.inactive)
                    if before != .over || machine.state != .over { #expect(machine.state == .over) }
                }
            }
        }
    }
}
