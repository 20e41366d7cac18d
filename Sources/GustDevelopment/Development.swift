public import Gust
import GustHTTP
import GustRouting
import Logging

/// What an application does for its developer, and never in production: pages for errors, and pages that reload themselves.
///
/// ```swift
/// app.use(Development())
/// ```
/// The mode is on if `gust serve` runs the application, or `GUST_MODE=development` is in the environment. Otherwise nothing is
/// added to the application, and a request costs nothing more.
///
/// In the mode, an error that isn't an `HTTPError`, and the router's 404 and 405, are answered with a page that shows the error, the
/// request, the route that matched, and the routes that nearly did. The status stays. Clients that prefer JSON or plain text, as
/// `fetch` and curl do, get the same in that form. Values of fields that carry secrets, such as `Cookie` and `Authorization`, are hidden.
///
/// HTML pages get a script, from this origin, that reloads them when the application has been restarted, or when `gust serve` has seen a
/// change of a template or of a static file. A stylesheet is exchanged without a reload.
public struct Development: Sendable {
    /// Who gets the pages of the mode.
    public enum Audience: Sendable {
        /// Clients on this machine that name this machine in `Host`, without a proxy that says it forwards for somebody else.
        ///
        /// So a tunnel to the world, and a name in the DNS that leads to 127.0.0.1, show nothing. A proxy on this machine that sends neither the
        /// client's `Host` nor a field such as `X-Forwarded-For` can't be told from a client: never set the mode on a public server.
        case thisMachine
        /// Everybody who reaches the server: choose it in a network where you trust all, such as that of a container.
        case everybody
    }

    let isOn: Bool
    let audience: Audience
    let showsErrors: Bool
    let reloadsPages: Bool

    /// Makes the settings.
    ///
    /// - Parameters:
    ///   - isOn: Whether the mode is on.
    ///   - audience: Who gets the pages.
    ///   - showsErrors: Whether errors have the developer's page; turn it off to see the application's own.
    ///   - reloadsPages: Whether HTML pages reload themselves.
    public init(
        isOn: Bool = DevelopmentMode.isOn,
        audience: Audience = .thisMachine,
        showsErrors: Bool = true,
        reloadsPages: Bool = true
    ) {
        self.isOn = isOn
        self.audience = audience
        self.showsErrors = showsErrors
        self.reloadsPages = reloadsPages
    }
}

extension Application {
    /// Adds the pages for the developer, if the mode is on.
    ///
    /// The place among other middleware doesn't matter: the errors are taken next to the routes, before `ErrorPages` has them, and the script is
    /// added outside of all other middleware, for which the request of a page doesn't accept compression.
    public mutating func use(_ development: Development) {
        guard development.isOn else { return }
        logger.notice("development mode: errors are shown in full, which is nothing for visitors")
        if development.showsErrors {
            routes.innermostMiddleware.append(DevelopmentErrors(development.audience, logger))
        }
        if development.reloadsPages {
            routes.outermostMiddleware.append(ReloadingPages(development.audience, .shared))
        }
    }
}
