#if Redis
/// Messages that no other node has received, because Redis was away or refused them.
public struct LostMessages: Error, CustomStringConvertible {
    /// How many.
    public let count: Int

    /// What happened.
    public var description: String {
        "\(count) messages to other nodes were lost while Redis couldn't be used; it takes messages again"
    }
}
#endif
