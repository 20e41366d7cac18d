/// The async handlers of one socket that wait.
///
/// Belongs to the socket's loop.
struct HandlerTasks {
    private var tasks: [Int: Task<Void, Never>?] = [:]
    private var lastNumber = 0

    /// A handler is about to start; it may come to its end before its task is known.
    mutating func begin() -> Int {
        lastNumber += 1
        tasks.updateValue(nil, forKey: lastNumber)
        return lastNumber
    }

    /// The handler's task is known; forgotten at once if the handler didn't wait.
    mutating func started(_ task: Task<Void, Never>, _ number: Int) {
        if tasks.keys.contains(number) { tasks.updateValue(task, forKey: number) }
    }

    /// The handler came to its end.
    mutating func end(_ number: Int) { tasks.removeValue(forKey: number) }

    /// Cancels all, because the socket leaves.
    mutating func cancelAll() {
        let waiting = tasks.values
        tasks = [:]
        for task in waiting { task?.cancel() }
    }
}
