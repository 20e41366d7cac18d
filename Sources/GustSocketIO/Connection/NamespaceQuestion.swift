import GustWire
import NIOCore
import Synchronization

/// The question to an async family whether a client may join a namespace.
///
/// It is over when the predicate has answered, when its deadline has passed, or when the connection has ended. Then it
/// doesn't retain the connection any more, even if the predicate goes on.
final class NamespaceQuestion: Sendable {
    private struct State {
        /// The connection that waits for the answer; nil when the question is over.
        var connection: Connection?
        var task: Task<Void, Never>?
        var deadline: Scheduled<Void>?
    }

    let name: String
    /// The payload of the client's CONNECT.
    let auth: JSONSlice?
    /// Whether the client can't continue an earlier socket.
    let isNew: Bool
    /// The family that is asked, and those that are asked if it refuses.
    let families: ArraySlice<NamespaceFamily>
    private let state: Mutex<State>

    init(
        name: String,
        auth: JSONSlice?,
        isNew: Bool,
        families: ArraySlice<NamespaceFamily>,
        of connection: Connection
    ) {
        self.name = name
        self.auth = auth
        self.isNew = isNew
        self.families = families
        state = Mutex(State(connection: connection))
    }

    /// Refuses the client and cancels the predicate if there is no answer in time.
    func setDeadline(_ loop: any EventLoop, _ time: TimeAmount) {
        let deadline = loop.scheduleTask(in: time) {
            self.answer(.failure(ConnectError.unansweredQuestion))
        }
        state.withLock { $0.deadline = deadline }
    }

    /// Keeps the task of the predicate, to cancel it; does nothing if the question is over.
    func setTask(_ task: Task<Void, Never>) {
        state.withLock { state in
            if state.connection != nil { state.task = task }
        }
    }

    /// Passes the answer to the connection, unless the question is over.
    func answer(_ answer: Result<Bool, any Error>) {
        end()?.run { $0.take(answer, to: self) }
    }

    /// Ends the question, because the connection has ended.
    func cancel() { _ = end() }

    /// Ends the question and returns the connection; nil if it was over.
    private func end() -> Connection? {
        let ended = state.withLock { state in
            defer { state = State() }
            return state
        }
        ended.deadline?.cancel()
        ended.task?.cancel()
        return ended.connection
    }
}
