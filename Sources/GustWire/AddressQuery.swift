/// The parameters of a query by which the URL grammars find what a request addresses; of a repeated parameter, the first value.
///
/// A request's query is read once into this value, which isn't copied. Other parameters belong to the application.
package struct AddressQuery: ~Copyable, Sendable {
    /// The number of the Engine.IO protocol.
    package enum ProtocolNumber: Sendable, Equatable {
        case four
        /// Any other value.
        case other
    }

    /// The parameters of 0.9, decoded.
    private final class LegacyParameters: Sendable {
        let pollIndex: String?
        let handshakeIndex: String?
        let disconnects: Bool

        init(pollIndex: String?, handshakeIndex: String?, disconnects: Bool) {
            self.pollIndex = pollIndex
            self.handshakeIndex = handshakeIndex
            self.disconnects = disconnects
        }
    }

    /// `EIO`.
    package private(set) var engineIO: ProtocolNumber?
    /// `transport`, the name of a transport of Engine.IO.
    package private(set) var transport: String?
    /// `sid`, the session of Engine.IO.
    package private(set) var sid: String?
    /// `t`, with which clients of Engine.IO make each URL another one.
    package private(set) var stamp: String?
    /// `j`, the callback index of a script poll of Engine.IO: the number that its digits make.
    package private(set) var scriptIndex: Int?
    /// `b64`, whether a client of Engine.IO can't take binary bodies: whether its value isn't empty.
    package private(set) var base64: Bool?
    /// nil for clients of Engine.IO.
    private var legacy: LegacyParameters?

    /// `i`, the callback index of a script poll of 0.9.
    package var pollIndex: String? { legacy?.pollIndex }
    /// `jsonp`, the callback index of a handshake of 0.9.
    package var handshakeIndex: String? { legacy?.handshakeIndex }
    /// Whether there is `disconnect`, by which a client of 0.9 ends its session.
    package var disconnects: Bool { legacy?.disconnects ?? false }

    /// Makes a query without parameters.
    package init() {}

    /// Makes a query of the values that `value` returns for the names of the parameters.
    package init(_ value: (String) -> String?) {
        for name in ["EIO", "transport", "sid", "t", "j", "b64", "i", "jsonp", "disconnect"] {
            guard let text = value(name) else { continue }
            Array(name.utf8).withUnsafeBytes { name in
                Array(text.utf8).withUnsafeBytes { note(name, $0) { text } }
            }
        }
    }

    /// Records the value of the parameter with the decoded name `name`, unless the parameter came before or no grammar reads it.
    ///
    /// - Parameters:
    ///   - name: the name, which is compared without making a text of it.
    ///   - bytes: the value as it was sent.
    ///   - value: decodes the value.
    package mutating func note(_ name: UnsafeRawBufferPointer, _ bytes: UnsafeRawBufferPointer, _ value: () -> String) {
        // The length tells most names apart.
        switch name.count {
        case 1: noteLetter(name[0], value)
        case 3 where name.hasBytes("E", "I", "O"):
            if engineIO == nil { engineIO = bytes.hasBytes(of: "4") || value() == "4" ? .four : .other }
        case 3 where name.hasBytes("s", "i", "d"): if sid == nil { sid = value() }
        case 3 where name.hasBytes("b", "6", "4"): if base64 == nil { base64 = !bytes.isEmpty }
        case 5 where name.hasBytes(of: "jsonp"): if handshakeIndex == nil { noteLegacy(handshakeIndex: value()) }
        case 9 where name.hasBytes(of: "transport"):
            // A constant costs less than a text of the same bytes.
            if transport == nil { transport = bytes.hasBytes(of: "polling") ? "polling" : value() }
        case 10 where name.hasBytes(of: "disconnect"): if !disconnects { noteLegacy(disconnects: true) }
        default: break
        }
    }

    private mutating func noteLetter(_ name: UInt8, _ value: () -> String) {
        switch name {
        case UInt8(ascii: "t"): if stamp == nil { stamp = value() }
        case UInt8(ascii: "j"): if scriptIndex == nil { scriptIndex = Address.jsonpIndex(Self.digits(of: value())) }
        case UInt8(ascii: "i"): if pollIndex == nil { noteLegacy(pollIndex: value()) }
        default: break
        }
    }

    private mutating func noteLegacy(
        pollIndex: String? = nil,
        handshakeIndex: String? = nil,
        disconnects: Bool = false
    ) {
        legacy = LegacyParameters(
            pollIndex: self.pollIndex ?? pollIndex,
            handshakeIndex: self.handshakeIndex ?? handshakeIndex,
            disconnects: self.disconnects || disconnects
        )
    }

    private static func digits(of text: String) -> String {
        String(decoding: text.utf8.filter { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }, as: UTF8.self)
    }
}
