/// The behaviour of a connection where the revisions differ, as data: no code asks which revision it serves.
package struct ConnectionRules: Sendable, Equatable {
    /// Whether the revision has events; otherwise an event is sent as a message with its name and arguments.
    package var hasEvents = true
    /// Whether a connection outlives its polls: a poll that is aborted or superseded does not end the connection.
    package var outlivesPolls = false
    /// Whether a `POST` is answered before its payload is decoded.
    package var repliesFirst = false
    /// Whether a packet for a namespace that the client hasn't joined is dropped; otherwise it ends the connection.
    package var dropsStrayPackets = false
    /// Whether the connection ends with the socket of `/`.
    package var rootIsSession = false
    /// Whether the handshake is answered only after the middleware of `/` has admitted the client, so that a refusal is an HTTP status.
    package var admitsFirst = false
    /// Whether the referrer of a request without `Origin` is checked instead, as by the reference server.
    package var judgesReferrer = false
    /// Whether responses to script polls and to cross-origin posts switch off the script filter of Internet Explorer, as by the reference
    /// server.
    package var disarmsScriptFilter = false
    /// Whether sids have digits and lower-case letters only.
    package var hasPlainIdentifiers = false
    /// Whether a polling connection may be upgraded to WebSocket.
    package var allowsUpgrades = false
    /// The most packets in one polling payload that all known clients accept.
    package var maximumBatch = Int.max
    /// Whether clients can continue a socket after they have lost the connection (4.6 and later).
    package var hasRecovery = false
    /// Whether long responses to polls may be compressed, as by the reference server.
    package var compressesPolls = false
    /// How long the end of a polling connection is delayed, so that the response to its last `POST` is received first.
    package var closingDelay = Duration.zero

    /// Engine.IO 3 and 4 (engine.io 6.6).
    ///
    /// python-engineio refuses payloads with more than 16 packets (`Payload.max_decode_packets`, 4.x) and drops its
    /// session; the rest follows with the next poll, which comes at once.
    static let engineIO = ConnectionRules(allowsUpgrades: true, maximumBatch: 16, compressesPolls: true)

    /// Engine.IO 4 with the recovery of socket.io 4.6.
    static let engineIO4 = {
        var rules = engineIO
        rules.hasRecovery = true
        return rules
    }()
}
