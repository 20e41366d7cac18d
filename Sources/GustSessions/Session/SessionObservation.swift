/// The registration of an action for the end of a session; see ``Session/onEnd(_:)``.
public struct SessionObservation: Sendable {
    private let core: SessionCore
    private let number: Int?

    init(core: SessionCore, number: Int?) {
        self.core = core
        self.number = number
    }

    /// Cancels the action; does nothing if the action has already been called or cancelled.
    public func cancel() {
        if let number { core.cancel(number) }
    }
}
