/// A number that isn't a port: the operating system would use its last 16 bits, and listen on another port.
struct PortOutOfRange: Error, CustomStringConvertible {
    var description: String { "a port is a number from 0 to 65535" }

    /// Throws if the number isn't a port.
    static func check(_ port: Int) throws(PortOutOfRange) {
        guard (0...65_535).contains(port) else { throw PortOutOfRange() }
    }
}
