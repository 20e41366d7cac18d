import GustCluster
import GustHTTP
import NIOCore
import Synchronization

/// The addresses of other nodes, as the directory has told them lately.
///
/// Bounded in the number of nodes and of questions at a time. A node that isn't there is asked for again after a second.
final class KnownNodes: Sendable {
    private struct Entry {
        var address: NodeAddress?
        var until: NIODeadline
    }

    private struct State {
        var entries: [ByteText: Entry] = [:]
        /// Those who wait for an answer of the directory, by the tag.
        var waiting: [ByteText: [@Sendable (NodeAddress?) -> Void]] = [:]
        var questions: [ByteText: Task<Void, Never>] = [:]
        var hasEnded = false
    }

    private static let capacity = 4_096
    private static let maximumQuestions = 64
    private static let lifetime = TimeAmount.seconds(10)
    private static let absence = TimeAmount.seconds(1)

    private let state = Mutex(State())
    private let directory: any NodeDirectory
    private let problems: ReportedProblems

    init(_ directory: any NodeDirectory, _ problems: ReportedProblems) {
        self.directory = directory
        self.problems = problems
    }

    /// Calls `body` with the address of a node, or nil, at once or later on the loop of `executor`; called on that loop.
    ///
    /// The directory may take long, so that the caller needs a deadline of its own.
    func address(of tag: String, on executor: LoopExecutor, _ body: @escaping @Sendable (NodeAddress?) -> Void) {
        enum Step { case known(NodeAddress?), ask, wait }
        let key = ByteText(tag)
        let eventLoop = executor.eventLoop
        let now = eventLoop.now
        let step = state.withLock { state -> Step in
            if let entry = state.entries[key], now < entry.until { return .known(entry.address) }
            guard !state.hasEnded else { return .known(nil) }
            guard state.waiting[key] != nil || state.waiting.count < Self.maximumQuestions else { return .known(nil) }
            let isFirst = state.waiting[key] == nil
            state.waiting[key, default: []].append { address in eventLoop.execute { body(address) } }
            return isFirst ? .ask : .wait
        }
        switch step {
        case .known(let address): body(address)
        case .wait: break
        case .ask: ask(tag)
        }
    }

    /// Forgets the address of a node that couldn't be reached.
    func forget(_ tag: String) {
        state.withLock { $0.entries[ByteText(tag)] = nil }
    }

    /// Takes a node for absent, because it has said that it ends.
    func leave(_ tag: String) {
        state.withLock { state in
            guard state.entries[ByteText(tag)] != nil else { return }
            state.entries[ByteText(tag)] = Entry(address: nil, until: .now() + Self.absence)
        }
    }

    /// Asks no more, and drops the questions, because the loops of those who wait will stop.
    func end() {
        let questions = state.withLock { state in
            state.hasEnded = true
            state.waiting = [:]
            defer { state.questions = [:] }
            return state.questions
        }
        for question in questions.values { question.cancel() }
    }

    /// Answers questions again, for another server.
    func begin() { state.withLock { $0.hasEnded = false } }

    /// Asks the directory, in a task of its own for each tag: it may outlast the request, and doesn't run on the loop, which may stop before.
    private func ask(_ tag: String) {
        let question = Task { [self] in
            var address: NodeAddress?
            do {
                address = try await directory.address(of: tag)
            } catch {
                problems.report("the directory of nodes can't be read", "\(error)")
            }
            answer(tag, address, at: .now())
        }
        state.withLock { state in
            // The answer may be there already.
            if state.waiting[ByteText(tag)] != nil { state.questions[ByteText(tag)] = question }
        }
    }

    private func answer(_ tag: String, _ address: NodeAddress?, at now: NIODeadline) {
        let key = ByteText(tag)
        let waiting = state.withLock { state in
            if state.entries.count >= Self.capacity { state.entries = state.entries.filter { now < $0.value.until } }
            if state.entries.count < Self.capacity {
                state.entries[key] = Entry(
                    address: address,
                    until: now + (address == nil ? Self.absence : Self.lifetime)
                )
            }
            state.questions[key] = nil
            return state.waiting.removeValue(forKey: key) ?? []
        }
        for body in waiting { body(address) }
    }
}
