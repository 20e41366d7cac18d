/// How a session behaves where the generations differ: data, so that nobody has to ask which generation it is.
package struct SessionRules: Sendable, Equatable {
    /// Whether there are events; otherwise an event is said as a message with its name and arguments.
    package var hasEvents = true
    /// Whether a session outlives its polls: one that breaks off, or that a newer one replaces, ends nothing.
    package var outlivesPolls = false
    /// Whether a `POST` is answered before anybody looks at its payload.
    package var repliesFirst = false
    /// Whether what is said to a namespace the client isn't in is dropped; otherwise it ends the session.
    package var dropsStrayPackets = false
    /// Whether the session ends with the socket of `/`.
    package var rootIsSession = false
    /// Whether a client hears of its session only once `/` has let it in, so that a refusal is an HTTP status.
    package var admitsFirst = false
    /// Whether a request without an origin is judged by its referrer, as the reference server did.
    package var judgesReferrer = false
    /// Whether the reference server switched the script filter of Internet Explorer off for scripts that are polled and for
    /// the posts of other pages.
    package var disarmsScriptFilter = false
    /// Whether session identifiers have digits and lower case letters only.
    package var hasPlainIdentifiers = false
    /// Whether an endpoint may hand a polling session over to a WebSocket.
    package var allowsUpgrades = false
    /// The most packets of one polling payload that clients are known to take.
    package var maximumBatch = Int.max
    /// How long the end of a session over HTTP is put off, so that the answer to its last `POST` comes first.
    package var closingDelay = Duration.zero

    /// Engine.IO 3 and 4 (engine.io 6.6).
    ///
    /// python-engineio refuses payloads with more than 16 packets (`Payload.max_decode_packets`, 4.x) and drops its
    /// session; the rest follows with the next poll, which comes at once.
    static let engineIO = SessionRules(allowsUpgrades: true, maximumBatch: 16)
}
