/// Receives the events of a socket on the client's loop.
protocol EventReceiver: AnyObject {
    func receive(_ event: SocketEvent)
    /// No event follows.
    func finish()
}
