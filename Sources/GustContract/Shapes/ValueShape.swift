/// The shape of a value in JSON, as far as the documents of a ``Contract`` show it.
public indirect enum ValueShape: Sendable {
    /// A string.
    case string
    /// A number without a fraction.
    case integer
    /// A number.
    case number
    /// `true` or `false`.
    case boolean
    /// A binary attachment; base64 text for clients of a revision without attachments.
    case bytes
    /// A date: ISO 8601 text.
    case date
    /// One of these JSON texts.
    case literals([String])
    /// The shape, or `null`; as a member of an object it may be missing.
    case optional(ValueShape)
    /// An array.
    case array(ValueShape)
    /// An array of so many elements, each of its own shape.
    case tuple([ValueShape])
    /// An object whose members have any name and one shape.
    case dictionary(ValueShape)
    /// An object of a type, by its name in the document.
    case object(String)
    /// Any value.
    case any
}

/// A type that says which shape its values have in JSON.
///
/// Most types needn't conform: a ``Contract`` finds out their shape by decoding them. It can't do so for enums with associated values, and
/// for types that refuse to be decoded from an empty string or from zero.
public protocol ShapeDescribed {
    /// The shape of the values.
    static var shape: ValueShape { get }
}
