/// The tasks of the async handlers of one socket that haven't finished.
///
/// Used on the socket's loop only.
struct HandlerTasks {
    private var tasks: [Int: Task<Void, Never>?] = [:]
    private var lastNumber = 0

    /// Registers a handler that is about to start, and returns its number.
    ///
    /// The handler may finish before ``started(_:_:)`` is called with its task.
    mutating func begin() -> Int {
        lastNumber += 1
        tasks.updateValue(nil, forKey: lastNumber)
        return lastNumber
    }

    /// Keeps the task of a handler, unless the handler has already finished.
    mutating func started(_ task: Task<Void, Never>, _ number: Int) {
        if tasks.keys.contains(number) { tasks.updateValue(task, forKey: number) }
    }

    /// Removes a handler that has finished.
    mutating func end(_ number: Int) { tasks.removeValue(forKey: number) }

    /// Cancels all handlers, because the socket is disconnected.
    mutating func cancelAll() {
        let waiting = tasks.values
        tasks = [:]
        for task in waiting { task?.cancel() }
    }
}
