import GustTesting
import GustWire

/// A column of the conformance matrix: a feature that one test body checks for every generation and transport.
enum Feature: String, CaseIterable, Sendable {
    case connect, early, serverClose, serverAbort, clientClose, vanish, keepAlive, silence, reconnect, unknownSession,
        secondGET
    case abortedPoll
    case text, unicode, json, long, megabyte, burst, broadcastBurst
    case event, acknowledgement, question, binary, namespace, room, refusal, mixedRoom
    case transportOff, generationOff, origin

    /// A group of features that have their own table.
    enum Group: String, CaseIterable {
        case sessions = "Sessions"
        case messages = "Messages"
        case events = "Events, namespaces, rooms"
        case refusals = "Refusals"
    }

    var group: Group {
        switch self {
        case .connect, .early, .serverClose, .serverAbort, .clientClose, .vanish, .keepAlive, .silence, .reconnect,
            .unknownSession, .secondGET, .abortedPoll:
            .sessions
        case .text, .unicode, .json, .long, .megabyte, .burst, .broadcastBurst: .messages
        case .event, .acknowledgement, .question, .binary, .namespace, .room, .mixedRoom: .events
        case .refusal, .transportOff, .generationOff, .origin: .refusals
        }
    }

    /// The column's heading.
    var title: String {
        switch self {
        case .connect: "connect"
        case .early: "greeted"
        case .serverClose: "closed by server"
        case .serverAbort: "broken off by server"
        case .clientClose: "closed by client"
        case .vanish: "vanishes"
        case .keepAlive: "stays"
        case .silence: "heartbeats missed"
        case .reconnect: "known sid"
        case .unknownSession: "unknown sid"
        case .secondGET: "double GET"
        case .abortedPoll: "aborted poll"
        case .text: "text"
        case .unicode: "unicode"
        case .json: "JSON"
        case .long: "100 kB"
        case .megabyte: "1 MB"
        case .burst: "burst in"
        case .broadcastBurst: "burst out"
        case .event: "events"
        case .acknowledgement: "ack by server"
        case .question: "ack by client"
        case .binary: "binary"
        case .namespace: "namespaces"
        case .room: "rooms"
        case .refusal: "middleware"
        case .mixedRoom: "mixed room"
        case .transportOff: "transport off"
        case .generationOff: "generation off"
        case .origin: "origins"
        }
    }

    /// What the test of this feature shows, as a clause of the document.
    var summary: String {
        switch self {
        case .connect: "two clients have a session each, and hear only what is theirs"
        case .early: "a hundred messages sent to a new client before it is in reach it in order"
        case .serverClose: "the server ends the session; the client is told, and nothing is left of it"
        case .serverAbort: "the server breaks the connection off; nothing is left of its session"
        case .clientClose: "the client says goodbye, as far as its generation has one; nothing is left of it"
        case .vanish: "the client's network is gone; nothing is left of its session after the timeouts"
        case .keepAlive: "who answers three heartbeats, or fetches three empty polls, stays"
        case .silence: "who says nothing any more is gone after the timeouts"
        case .reconnect:
            "a client that lost its connection comes back with its sid, and goes on or is told to begin anew, as `GustClient` does by itself"
        case .unknownSession: "a sid that nobody gave out is refused in the generation's words"
        case .secondGET: "of two GETs at once, the newer one is read (0.6, 0.9), or the session ends (3, 4)"
        case .abortedPoll:
            "a poll that its client gives up ends the session (3, 4, streams), or is forgotten (0.6, 0.9)"
        case .text: "texts come back, also those that look like frames"
        case .unicode: "astral characters, U+FFFD, NUL, newlines, `</script>`, U+2028 come back"
        case .json: "nested, empty and very precise JSON comes back as it was"
        case .long: "100,000 characters come back"
        case .megabyte: "1,000,000 characters come back"
        case .burst: "500 messages, 25 in a batch, come back in order"
        case .broadcastBurst: "500 messages sent at once come in order"
        case .event: "an event comes back with the very bytes of its arguments"
        case .acknowledgement: "what a handler returns, at once or later, is the acknowledgement"
        case .question: "the server asks, and the client's answer comes back to it"
        case .binary: "bytes go both ways, in events, messages and acknowledgements"
        case .namespace:
            "a namespace is joined, used, left by either end without the session, refused if it isn't there"
        case .room: "a room hears what is said in it, and everybody but the speaker what is said to the others"
        case .refusal: "who isn't let in by middleware is told so, and who is, gets in"
        case .mixedRoom: "clients of all generations hear each other in one room"
        case .transportOff: "a transport that is turned off is refused at once"
        case .generationOff: "a generation that is turned off is refused at once"
        case .origin: "pages of other origins are kept out if a list says so"
        }
    }

    /// The reason why a generation or transport doesn't have the feature; nil if it has.
    func exemption(of profile: ClientProfile) -> String? {
        let revision = profile.revision
        switch self {
        case .event, .acknowledgement, .question:
            return revision.hasEvents ? nil : "0.6 has messages only: no events, no acknowledgements"
        case .namespace:
            return revision.hasEvents ? nil : "0.6 has no namespaces"
        case .binary:
            return revision.engineIOVersion == nil
                ? "0.6 and 0.9 have no bytes; the mixed room has them as base64" : nil
        case .secondGET, .abortedPoll:
            return profile.pollsOrStreams ? nil : "a WebSocket has no polls"
        case .reconnect, .unknownSession:
            let isNamed = profile.pollsOrStreams || revision.hasEvents
            return isNamed ? nil : "a WebSocket of 0.6 doesn't name its session"
        default: return nil
        }
    }

    /// The reason why the client of a setup can't run the body; nil if it can.
    func exemption(of setup: ConformanceSetup) -> String? {
        guard setup == .client else { return nil }
        switch self {
        case .unknownSession: return "it sends only the sid of its connection"
        case .secondGET, .abortedPoll: return "it sends one `GET` at a time, and waits for its end"
        default: return nil
        }
    }
}

extension ClientProfile {
    /// Whether the transport uses HTTP requests from beginning to end.
    var pollsOrStreams: Bool { ![.webSocket, .flashSocket, .upgrade].contains(transport) }

    /// Whether the server sends over a streamed response.
    var streams: Bool { [.htmlFile, .multipart].contains(transport) }

    /// Whether the server answers polls empty after a while, and polls are the client's only heartbeat.
    var pollsForLife: Bool { [.xhrPolling, .jsonpPolling].contains(transport) }
}
