/// A member or an element on the way to a value.
package struct JSONKey: CodingKey {
    /// The key of the member; `Index 3` for an element.
    package let stringValue: String
    /// The index of an element; nil for a member.
    package let intValue: Int?

    /// The place of an element.
    package init(_ index: Int) {
        stringValue = "Index \(index)"
        intValue = index
    }

    /// The place of a member.
    package init(stringValue: String) {
        self.stringValue = stringValue
        intValue = nil
    }

    /// The place of an element.
    package init?(intValue: Int) {
        self.init(intValue)
    }

    /// The member under which a subclass keeps what its parent encodes, if it names no other.
    static let parent = JSONKey(stringValue: "super")
}
