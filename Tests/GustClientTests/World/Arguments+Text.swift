import GustWire
import NIOCore

extension Arguments {
    /// The arguments as an array of JSON.
    var received: String { "[\(String(buffer: text))]" }
}
