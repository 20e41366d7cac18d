import GustAdapter
import GustHTTP
import GustJSON
import GustWire
import NIOCore

/// Writes the parts that the messages of all formats have in common as JSON.
struct JSONWriter {
    private(set) var text = ByteBuffer()
    /// The attachments for the placeholders in the text.
    private(set) var attachments: [ByteBuffer] = []

    /// What was written.
    var json: JSONSlice { JSONSlice(trusted: text, attachments: attachments) }

    mutating func write(_ literal: StaticString) { text.writeStaticString(literal) }
    mutating func write(_ number: Int) { text.writeString(String(number)) }
    mutating func write(string: String) { JSONText.write(string, into: &text) }

    /// Writes a value that has no attachments.
    mutating func write(_ value: JSONSlice) { text.writeImmutableBuffer(value.bytes) }

    mutating func write(strings: [String]) {
        write("[")
        for (index, string) in strings.enumerated() {
            if index > 0 { write(",") }
            write(string: string)
        }
        write("]")
    }

    /// Writes `[name,argument,…]`; called once for a message at most, because the attachments keep their numbers.
    mutating func write(event name: String, _ arguments: Arguments) {
        write("[")
        write(string: name)
        if arguments.text.readableBytes > 0 {
            write(",")
            text.writeImmutableBuffer(arguments.text)
        }
        write("]")
        attachments = arguments.attachments
    }

    /// Writes a value with the attachments that it refers to; called once for a message at most.
    mutating func write(attached value: JSONSlice) {
        var argument = Arguments()
        argument.append(json: value)
        write(list: argument)
    }

    /// Writes a value whose attachments keep their numbers; called once for a message at most.
    mutating func write(whole value: JSONSlice) {
        text.writeImmutableBuffer(value.bytes)
        attachments = value.attachments
    }

    /// Writes arguments, joined by commas; called once for a message at most.
    mutating func write(list arguments: Arguments) {
        text.writeImmutableBuffer(arguments.text)
        attachments = arguments.attachments
    }

    /// Writes the options of a broadcast: rooms, exclusions and flags.
    ///
    /// - Parameters:
    ///   - selection: the choice of sockets.
    ///   - message: the kind of a message without a name; nil for an event.
    ///   - timeout: how long each client may take to acknowledge; nil without acknowledgements.
    ///   - hasFlags: whether the flags are written.
    mutating func write(
        _ selection: SocketSelection,
        message: StaticString? = nil,
        timeout: Duration? = nil,
        hasFlags: Bool = true
    ) {
        write(#"{"rooms":"#)
        write(strings: selection.rooms)
        write(#","except":"#)
        write(strings: selection.excluded)
        guard hasFlags else { return write("}") }
        write(#","flags":{"#)
        var isFirst = true
        func separate() {
            if !isFirst { text.writeStaticString(",") }
            isFirst = false
        }
        if selection.isVolatile {
            separate()
            write(#""volatile":true"#)
        }
        if !selection.isCompressed {
            separate()
            write(#""compress":false"#)
        }
        if let timeout {
            separate()
            write(#""timeout":"#)
            write(Int(timeout / .milliseconds(1)))
        }
        // Nodes of Gust only; others ignore flags that they don't know.
        if let key = selection.latestKey {
            separate()
            write(#""latest":"#)
            write(string: key)
        }
        if let message {
            separate()
            write(#""send":"#)
            write(message)
        }
        write("}}")
    }

    /// Writes a socket as the reference server does, `{"id":…,"handshake":{…},"rooms":[…],"data":{…}}`.
    mutating func write(_ snapshot: SocketSnapshot) {
        write(#"{"id":"#)
        write(string: snapshot.id)
        write(#","handshake":{"headers":{"#)
        for (index, (name, value)) in Self.headers(of: snapshot).enumerated() {
            if index > 0 { write(",") }
            write(string: name)
            write(":")
            write(string: value)
        }
        write("},")
        if let issued = snapshot.issued {
            write(#""time":"#)
            write(string: JavaScriptDate.text(milliseconds: issued))
            write(#","issued":"#)
            write(issued)
            write(",")
        }
        if let address = snapshot.address {
            write(#""address":"#)
            write(string: address)
            write(",")
        }
        write(#""xdomain":"#)
        write(snapshot.isCrossDomain ? "true" : "false")
        write(#","secure":"#)
        write(snapshot.isSecure ? "true" : "false")
        write(#","url":"#)
        write(string: snapshot.target)
        write(#","query":"#)
        write(
            JSONSlice(
                query: Query(
                    snapshot.target.utf8.firstIndex(of: UInt8(ascii: "?")).map {
                        String(snapshot.target[snapshot.target.utf8.index(after: $0)...])
                    } ?? ""
                )
            )
        )
        write(#","auth":"#)
        write(snapshot.auth ?? .emptyObject)
        write(#"},"rooms":"#)
        write(strings: snapshot.rooms)
        write(#","data":"#)
        write(snapshot.data)
        write("}")
    }

    /// The header fields as Node has them: names in lower case, the values of equal names joined by commas.
    private static func headers(of snapshot: SocketSnapshot) -> [(name: String, value: String)] {
        var names: [ByteText] = []
        var values: [ByteText: String] = [:]
        for header in snapshot.headers {
            let name = ByteText(lowercasingASCII: header.name)
            if let value = values[name] {
                values[name] = "\(value), \(header.value)"
            } else {
                names.append(name)
                values[name] = header.value
            }
        }
        return names.map { ($0.string, values[$0] ?? "") }
    }
}
