/// A number that is no port: the operating system would take its last 16 bits for one, and listen somewhere else.
struct PortOutOfRange: Error, CustomStringConvertible {
    var description: String { "a port is a number from 0 to 65535" }

    /// Refuses what isn't a port.
    static func check(_ port: Int) throws(PortOutOfRange) {
        guard (0...65_535).contains(port) else { throw PortOutOfRange() }
    }
}
