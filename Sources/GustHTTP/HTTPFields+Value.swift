package import HTTPTypes

extension HTTPFields {
    /// The value of the first field whose name in lower case is `canonicalName`; nil if there is none.
    ///
    /// This is for names without a constant in HTTPTypes, and for fields that a message has once only. The subscript of
    /// `HTTPFields` joins all fields of a name, which costs more.
    package func value(of canonicalName: String) -> String? {
        first { $0.name.canonicalName == canonicalName }?.value
    }

    /// The values of all fields whose name in lower case is `canonicalName`, joined by commas; nil if there is none.
    package func joinedValues(of canonicalName: String) -> String? {
        let values = lazy.filter { $0.name.canonicalName == canonicalName }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ",")
    }
}
