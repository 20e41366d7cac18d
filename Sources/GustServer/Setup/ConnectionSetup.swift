package import Logging
package import NIOCore

/// Sets up the channels of accepted connections before the handlers of HTTP: TLS, for example.
///
/// The product `GustTLS` has the only one, so this module doesn't depend on a TLS library.
package protocol ConnectionSetup: Sendable {
    /// Prepares for connections; called once, before the server listens.
    ///
    /// - Throws: the reason why connections can't be set up, for example a missing file.
    func prepare() async throws

    /// Does the work that lasts as long as the server, for example watches files; ends when the task is cancelled.
    func run(_ logger: Logger) async

    /// Adds handlers to the channel of an accepted connection; once the bytes of HTTP begin, they call a method of `start`.
    ///
    /// Called on the loop of the channel.
    func setUp(_ channel: any Channel, _ start: HTTPConnectionStart) throws
}
