public import GustServer
public import NIOCore

/// How an application is served on its listeners.
public struct ServingSettings: Sendable {
    /// The limits, loops and options of the server; its address, shutdown timeout and callback aren't used.
    public var server = HTTPServer.Configuration()
    /// How the server stops.
    public var drain = Drain()
    /// Restarts the server without losing a request; nil if it isn't restarted.
    public var restart: Restart?
    /// Answers whether the server lives and is ready; nil for no such paths.
    public var health: Health?
    /// Called once with the addresses of all listeners.
    public var onListening: (@Sendable ([SocketAddress]) -> Void)?

    /// Makes the default settings.
    public init() {}
}
