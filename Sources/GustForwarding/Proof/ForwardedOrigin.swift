import GustHTTP
import NIOCore

/// What a node tells the next one about a request: where it is from, and its place on the link.
///
/// Text of a header field: `1 <link> <sequence> <milliseconds> <from> <to> <length of the tail> <scheme> <address> <port>`, then a blank and
/// the code that authenticates these and the request. A client without an address has `-` and 0.
struct ForwardedOrigin {
    /// A random name of the link, 22 characters.
    var link: String
    /// The number of the request on the link; the first has 1.
    var sequence: Int
    /// The time of the sender, in milliseconds since 1970.
    var milliseconds: Int
    /// The tag of the sender.
    var from: String
    /// The tag of the receiver.
    var to: String
    /// The length of the end of the path that belongs to the protocol, in bytes.
    var tailLength: Int
    /// Whether the client's connection is encrypted.
    var isSecure: Bool
    /// The address of the client.
    var address: SocketAddress?

    static let linkLength = 22

    var text: String {
        "1 \(link) \(sequence) \(milliseconds) \(from) \(to) \(tailLength) \(isSecure ? "https" : "http") "
            + "\(address?.ipAddress ?? "-") \(address?.ipAddress == nil ? 0 : address?.port ?? 0)"
    }

    init(
        link: String,
        sequence: Int,
        milliseconds: Int,
        from: String,
        to: String,
        tailLength: Int,
        peer: Peer
    ) {
        self.link = link
        self.sequence = sequence
        self.milliseconds = milliseconds
        self.from = from
        self.to = to
        self.tailLength = tailLength
        isSecure = peer.isSecure
        address = peer.address
    }

    /// Reads the text, whose authenticity has been checked; nil if it is of another version.
    init?(_ text: Substring) {
        let words = text.pieces(on: UInt8(ascii: " "))
        guard words.count == 10, words[0].hasSameBytes(as: "1"), words[1].utf8.count == Self.linkLength,
            let sequence = Int(words[2]), let milliseconds = Int(words[3]), let tailLength = Int(words[6]),
            let port = Int(words[9]), sequence > 0, tailLength >= 0, (0...65_535).contains(port)
        else { return nil }
        self.link = String(words[1])
        self.sequence = sequence
        self.milliseconds = milliseconds
        self.from = String(words[4])
        self.to = String(words[5])
        self.tailLength = tailLength
        isSecure = words[7].hasSameBytes(as: "https")
        address = words[8].hasSameBytes(as: "-") ? nil : AddressRange.address(String(words[8]), port: port)
    }
}
