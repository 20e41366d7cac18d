import GustHTTP

/// The arguments of a tag that calls a helper: `{{name "text" 7 value key="text" key=value}}`.
public struct TemplateArguments: Sendable {
    let values: [TemplateValue]
    let named: [(key: String, value: TemplateValue)]

    /// The number of arguments without a key.
    public var count: Int { values.count }

    /// The argument at a position, from 0, without those that have a key; null if there are fewer.
    public subscript(index: Int) -> TemplateValue { values.indices.contains(index) ? values[index] : .null }

    /// The argument with a key; null if there is none.
    public subscript(key: String) -> TemplateValue {
        named.first { $0.key.hasSameBytes(as: key) }?.value ?? .null
    }
}
