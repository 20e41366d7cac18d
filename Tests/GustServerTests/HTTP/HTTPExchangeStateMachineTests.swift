import NIOCore
import Testing

@testable import GustServer

/// The state machine as a table: events before, event, expected action, change of the deadline, and state.
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
            "further bytes of a head don't prolong its deadline",
            [.starved(hasInput: true)],
            .starved(hasInput: true),
            .none,
            .keep,
            .waiting(isInHead: true)
        ),
        Row(
            "a head that misses its deadline is refused",
            [],
            .missed(.head),
            .refuse,
            .keep,
            .waiting(isInHead: false)
        ),
        Row(
            "an idle connection is closed at its deadline",
            [],
            .missed(.request),
            .abort,
            .cancel,
            .waiting(isInHead: false)
        ),
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
            "the next request isn't answered before the current one",
            [request],
            request,
            .none,
            .keep,
            answering(true)
        ),
        Row(
            "after a response the connection waits for the next request",
            [request],
            answered,
            .proceed,
            .begin(.request),
            .waiting(isInHead: false)
        ),
        Row(
            "the output is closed after the last response",
            [last],
            answered,
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "the connection lingers if there is input after the last request",
            [last],
            .answerEnds(hasInput: true),
            .closeOutput,
            .begin(.write),
            .closing(lingers: true)
        ),
        Row(
            "a response with Connection close is the last",
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
            "100 Continue is sent when the body is wanted",
            [expecting],
            wanted,
            .goOn,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "100 Continue is sent once",
            [expecting, wanted, .bodyDemand(isWanted: false)],
            wanted,
            .proceed,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "a response before 100 Continue is the last",
            [expecting],
            .answerBegins(closes: false),
            .none,
            .keep,
            answering(false, .unwanted)
        ),
        Row(
            "100 Continue isn't sent after the beginning of a response",
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
            "a body that is waited for has a deadline",
            [post, wanted],
            .starved(hasInput: false),
            .none,
            .begin(.body),
            answering(true, .wanted)
        ),
        Row(
            "too few bytes of a body don't prolong its deadline",
            [post, wanted, .starved(hasInput: false), .bodyBytes(3)],
            .starved(hasInput: false),
            .none,
            .keep,
            answering(true, .wanted)
        ),
        Row(
            "sufficient bytes of a body prolong its deadline",
            [post, wanted, .starved(hasInput: false), .bodyBytes(4)],
            .starved(hasInput: false),
            .none,
            .begin(.body),
            answering(true, .wanted)
        ),
        Row(
            "a reader that pauses ends the deadline of the body",
            [post, wanted],
            .bodyDemand(isWanted: false),
            .none,
            .end(.body),
            answering(true, .unwanted)
        ),
        Row("the end of a body is delivered", [post, wanted], .bodyEnd, .deliver, .end(.body), answering(true)),
        Row(
            "a body that misses its deadline fails, and the response is the last",
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
            "bytes of an unread body up to the limit are dropped",
            [post, answered],
            .bodyBytes(10),
            .none,
            .keep,
            .draining(remaining: 0)
        ),
        Row(
            "more bytes of an unread body close the connection",
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
            "a malformed body that is dropped closes the connection without a response",
            [post, answered],
            .malformed,
            .closeOutput,
            .begin(.write),
            .closing(lingers: true)
        ),
        Row(
            "a dropped body that misses its deadline aborts the connection",
            [post, answered],
            .missed(.body),
            .abort,
            .cancel,
            .draining(remaining: 10)
        ),
        // Half-close
        Row(
            "after the end of the input an idle connection parses its buffer",
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
            "a connection whose input ends in a head is closed",
            [.starved(hasInput: true), .inputClosed],
            .starved(hasInput: true),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "after the end of the input a response has a deadline",
            [request],
            .inputClosed,
            .proceed,
            .begin(.answer),
            answering(true)
        ),
        Row(
            "after the end of the input pipelined requests are answered",
            [request, .inputClosed, answered],
            request,
            .answer,
            .begin(.answer),
            answering(true)
        ),
        Row(
            "a truncated body fails, and the request is answered",
            [post, wanted, .inputClosed],
            .starved(hasInput: false),
            .failBody(.truncated),
            .begin(.answer),
            answering(false)
        ),
        Row(
            "a response that misses its deadline after the end of the input is aborted",
            [request, .inputClosed],
            .missed(.answer),
            .abort,
            .cancel,
            answering(true)
        ),
        Row(
            "a truncated body that is dropped closes the connection",
            [post, answered, .inputClosed],
            .starved(hasInput: false),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "a connection doesn't linger after the end of the input",
            [last, .inputClosed],
            .answerEnds(hasInput: true),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "after the end of the input a streamed response has a shorter deadline",
            [request, .answerStreams],
            .inputClosed,
            .proceed,
            .begin(.stream),
            .answering(Machine.Exchange(keepsAlive: true, body: .none, awaitsContinue: false, isStreamed: true))
        ),
        Row(
            "a streamed response that continues prolongs its deadline",
            [request, .answerStreams, .inputClosed],
            .answerContinues,
            .none,
            .begin(.stream),
            .answering(Machine.Exchange(keepsAlive: true, body: .none, awaitsContinue: false, isStreamed: true))
        ),
        // Writability
        Row(
            "a peer that doesn't read has a deadline",
            [request],
            .writabilityChanged(isWritable: false, current: nil),
            .none,
            .begin(.write),
            answering(true)
        ),
        Row(
            "when the peer reads again, an idle connection has its idle deadline",
            [],
            .writabilityChanged(isWritable: true, current: .write),
            .proceed,
            .begin(.request),
            .waiting(isInHead: false)
        ),
        Row(
            "when the peer reads again, a wanted body has its deadline",
            [post, wanted],
            .writabilityChanged(isWritable: true, current: .write),
            .proceed,
            .begin(.body),
            answering(true, .wanted)
        ),
        Row(
            "when the peer reads again, a response has no deadline",
            [request],
            .writabilityChanged(isWritable: true, current: .write),
            .proceed,
            .end(.write),
            answering(true)
        ),
        Row(
            "the deadline of the last response isn't prolonged",
            [last, answered],
            .writabilityChanged(isWritable: false, current: .write),
            .none,
            .keep,
            .closing(lingers: false)
        ),
        Row(
            "a peer that doesn't read until the deadline is disconnected",
            [request],
            .missed(.write),
            .abort,
            .cancel,
            answering(true)
        ),
        // Ends
        Row(
            "the channel is closed after the output",
            [last, answered],
            .outputClosed,
            .abort,
            .cancel,
            .closing(lingers: false)
        ),
        Row(
            "a connection lingers after its output has been closed",
            [last, .answerEnds(hasInput: true)],
            .outputClosed,
            .linger,
            .begin(.linger),
            .lingering
        ),
        Row(
            "a lingering connection ends with the input",
            [last, .answerEnds(hasInput: true), .outputClosed],
            .inputClosed,
            .abort,
            .cancel,
            .lingering
        ),
        Row(
            "a lingering connection ends at its deadline",
            [last, .answerEnds(hasInput: true), .outputClosed],
            .missed(.linger),
            .abort,
            .cancel,
            .lingering
        ),
        Row(
            "a response that breaks off aborts the connection",
            [request],
            .answerBreaks,
            .abort,
            .cancel,
            .closing(lingers: false)
        ),
        Row("an upgrade ends HTTP", [request], .upgrade, .none, .cancel, .upgraded),
        Row("an upgrade with a body is ignored", [post], .upgrade, .none, .keep, answering(true, .unwanted)),
        Row("an inactive channel ends the exchange", [request], .inactive, .leave, .cancel, .over),
        Row("a second inactive event changes nothing", [.inactive], .inactive, .none, .keep, .over),
        // Shutdown
        Row(
            "at shutdown an idle connection is closed",
            [],
            .shutdown(hasInput: false),
            .closeOutput,
            .begin(.write),
            .closing(lingers: false)
        ),
        Row(
            "at shutdown an incomplete head is waited for",
            [.starved(hasInput: true)],
            .shutdown(hasInput: true),
            .none,
            .keep,
            .waiting(isInHead: true)
        ),
        Row(
            "at shutdown the current response becomes the last",
            [request],
            .shutdown(hasInput: false),
            .none,
            .keep,
            answering(false)
        ),
        Row(
            "a request that is completed after the beginning of the shutdown is the last",
            [.starved(hasInput: true), .shutdown(hasInput: true)],
            request,
            .answer,
            .cancel,
            answering(false)
        ),
    ]

    @Test(arguments: rows) func `an event in a state returns the action and the deadline and changes the state`(
        row: Row
    ) {
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

    @Test func `after any three events the connection can end, and no state goes back to an earlier phase`() {
        for first in Self.events {
            for second in Self.events {
                for third in Self.events {
                    var machine = Self.machine(after: [first, second])
                    let before = machine.state
                    let step = machine.handle(third)
                    if third != .answerBreaks, third != .inactive {
                        #expect(Self.rank(machine.state) >= Self.rank(before), "\(first), \(second), \(third)")
                    }
                    // A closed output has a deadline until the channel has ended.
                    if case .closeOutput = step.action { #expect(step.deadline == .begin(.write)) }
                    if case .answer = step.action { #expect(machine.takesInput) }
                    _ = machine.handle(.inactive)
                    if before != .over || machine.state != .over { #expect(machine.state == .over) }
                }
            }
        }
    }
}
