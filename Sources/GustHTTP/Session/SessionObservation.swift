/// An action that waits for the end of a session; see ``Session/onEnd(_:)``.
public struct SessionObservation: Sendable {
    private let core: SessionCore
    private let number: Int?

    init(core: SessionCore, number: Int?) {
        self.core = core
        self.number = number
    }

    /// Takes the action back; harmless if it was called or taken back already.
    public func cancel() {
        if let number { core.cancel(number) }
    }
}
