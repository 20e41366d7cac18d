import GustHTTP
import NIOCore

#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// One event of a `text/event-stream`, as `EventSource` receives it; see `Response.events(heartbeat:retry:_:)`.
///
/// Source: the HTML standard, §9.2 "Server-sent events".
public struct ServerSentEvent: Sendable {
    /// The data; nil if the browser gets only ``id`` and ``retry`` and dispatches no event.
    ///
    /// A line break (CR, LF or CR LF) separates lines; the browser receives each as LF.
    public var data: String?
    /// The type of the event, for `addEventListener`; nil means `message`.
    ///
    /// It must have no CR and LF.
    public var event: String?
    /// The identifier that the browser sends as `Last-Event-ID` when it reconnects; nil keeps the identifier of the event before.
    ///
    /// It must have no CR, LF and NUL. An empty text resets the identifier.
    public var id: String?
    /// How long the browser waits before it reconnects, from now on; in steps of a millisecond, nil keeps the time.
    public var retry: Duration?

    /// Makes an event of text.
    public init(_ data: String?, event: String? = nil, id: String? = nil, retry: Duration? = nil) {
        self.data = data
        self.event = event
        self.id = id
        self.retry = retry
    }

    /// Makes an event whose data is the JSON text of `value`.
    ///
    /// - Parameters:
    ///   - value: The value.
    ///   - event: The type of the event; nil means `message`.
    ///   - id: The identifier of the event.
    ///   - encoder: The encoder; nil means one that writes dates as ISO 8601 text, as `JSON` does.
    /// - Throws: `EncodingError` if the value can't be encoded.
    public init(json value: some Encodable, event: String? = nil, id: String? = nil, encoder: JSONEncoder? = nil) throws
    {
        self.init(String(buffer: try JSONCoders(encoder: encoder).encode(value)), event: event, id: id)
    }

    /// The bytes of the event, with the empty line behind it.
    ///
    /// - Throws: ``EventFieldError`` if a field has a character that would end it.
    func encoded() throws(EventFieldError) -> ByteBuffer {
        var buffer = ByteBuffer()
        if let event { try Self.write("event", event, into: &buffer) }
        if let id {
            // Browsers ignore an identifier with NUL.
            guard !id.utf8.contains(0) else { throw EventFieldError("id", "NUL") }
            try Self.write("id", id, into: &buffer)
        }
        if let retry { buffer.writeImmutableBuffer(Self.field(retry: retry)) }
        if let data { Self.writeLines("data", data, into: &buffer) }
        buffer.writeString("\n")
        return buffer
    }

    /// The field that sets the time after which the browser reconnects.
    static func field(retry: Duration) -> ByteBuffer {
        let (seconds, attoseconds) = retry.components
        return ByteBuffer(string: "retry: \(max(0, seconds * 1_000 + attoseconds / 1_000_000_000_000_000))\n")
    }

    private static func write(_ name: String, _ value: String, into buffer: inout ByteBuffer) throws(EventFieldError) {
        guard !value.utf8.contains(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
            throw EventFieldError(name, "a line break")
        }
        buffer.writeString("\(name): \(value)\n")
    }

    /// Writes a field for each line of `text`; an empty name makes comments.
    static func writeLines(_ name: String, _ text: String, into buffer: inout ByteBuffer) {
        var rest = text.utf8[...]
        while true {
            let line = rest.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
            // The space is removed by the browser; without it, the browser would remove a space of the text.
            buffer.writeString("\(name): ")
            buffer.writeBytes(line)
            buffer.writeString("\n")
            rest = rest[line.endIndex...]
            guard let first = rest.popFirst() else { return }
            if first == UInt8(ascii: "\r"), rest.first == UInt8(ascii: "\n") { rest.removeFirst() }
        }
    }
}
