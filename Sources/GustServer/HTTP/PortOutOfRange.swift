/// The error for a number that isn't a port, of which the operating system would use only the last 16 bits.
struct PortOutOfRange: Error, CustomStringConvertible {
    var description: String { "a port is a number from 0 to 65535" }

    /// Throws if the number isn't a port.
    static func check(_ port: Int) throws(PortOutOfRange) {
        guard (0...65_535).contains(port) else { throw PortOutOfRange() }
    }
}
