/// Bytes from the bus that are no message of the format; they are reported and otherwise ignored.
package struct ClusterFormatError: Error, CustomStringConvertible {
    /// What is wrong.
    package let description: String

    init(_ description: String) { self.description = description }
}
