import Gust
import GustControl
import GustHTTP
import GustStreams
import Synchronization

/// What the pages that are open in browsers wait for.
final class PageEvents: Sendable {
    private struct State {
        /// The message about the build that a page which opens now must see; nil if all is well.
        var build: ControlMessage?
        var next = 0
        var pages: [Int: AsyncStream<ControlMessage>.Continuation] = [:]
    }

    /// The events of this process, from the command that has started it.
    static let shared: PageEvents = {
        let events = PageEvents()
        DevelopmentProcess.current?.observe { events.send($0) }
        return events
    }()

    /// A name of the process that no other process has.
    let process = RandomText.make(22)
    private let state = Mutex(State())

    /// Tells a message of the command to all pages.
    func send(_ message: ControlMessage) {
        let pages = state.withLock { state in
            switch message {
            case .building, .failed: state.build = message
            case .changed: break
            case .ready, .listening, .routes, .go: return [AsyncStream<ControlMessage>.Continuation]()
            }
            return Array(state.pages.values)
        }
        for page in pages { page.yield(message) }
    }

    /// The number of pages that wait.
    var count: Int { state.withLock { $0.pages.count } }

    /// The response with the events for one page.
    var response: Response {
        Response.events(retry: .milliseconds(300)) { [self] events in
            let messages = subscribe()
            try await events.send(process, event: "process")
            for await message in messages {
                switch message {
                case .changed(let path): try await events.send(path, event: "changed")
                case .building: try await events.send("", event: "building")
                case .failed(let text): try await events.send(text, event: "failed")
                case .ready, .listening, .routes, .go: break
                }
            }
        }
    }

    private func subscribe() -> AsyncStream<ControlMessage> {
        let (messages, continuation) = AsyncStream.makeStream(
            of: ControlMessage.self,
            bufferingPolicy: .bufferingNewest(16)
        )
        let number = state.withLock { state in
            state.next += 1
            state.pages[state.next] = continuation
            if let build = state.build { continuation.yield(build) }
            return state.next
        }
        continuation.onTermination = { [weak self] _ in self?.remove(number) }
        return messages
    }

    private func remove(_ number: Int) { state.withLock { _ = $0.pages.removeValue(forKey: number) } }
}
