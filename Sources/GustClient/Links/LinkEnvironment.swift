import GustHTTP
import NIOCore
import NIOHTTP1

/// What the transports of one attempt to connect share.
///
/// `@unchecked Sendable`: the constants are immutable, and the resources are used on the loop only.
final class LinkEnvironment: @unchecked Sendable {
    let eventLoop: any EventLoop
    let configuration: ClientConfiguration
    let resources: LoopResources
    /// The header fields and the query of this attempt.
    let head: RequestHead

    init(_ eventLoop: any EventLoop, _ configuration: ClientConfiguration, _ credentials: ClientCredentials?) {
        self.eventLoop = eventLoop
        self.configuration = configuration
        resources = .of(eventLoop)
        head = RequestHead(configuration.server, configuration.settings, credentials, configuration.jar)
    }

    /// Keeps the cookies of a response.
    func takeCookies(_ head: HTTPResponseHead) {
        guard let jar = configuration.jar else { return }
        for value in head.headers["Set-Cookie"] { jar.take(setCookie: value, now: .now) }
    }

    var settings: ClientSettings { _read { yield configuration.settings } }

    var server: ServerURL { configuration.server }

    var dialer: ServerDialer { configuration.dialer }

    var grammarPath: String { configuration.grammarPath }
}
