/// The place of a container among the open ones.
struct JSONFramePlace {
    let depth: UInt32
    let number: UInt32

    /// The place of no container: what is encoded there is encoded again.
    static let none = JSONFramePlace(depth: .max, number: 0)
}
