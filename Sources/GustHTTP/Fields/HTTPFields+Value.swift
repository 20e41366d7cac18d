package import HTTPTypes

extension HTTPFields {
    /// Whether there is a field with this name.
    ///
    /// `contains(_:)` compares the texts of all names; here the lengths tell most of them apart.
    package func has(_ name: HTTPField.Name) -> Bool {
        let length = name.canonicalName.utf8.count
        // An iterator over fields isn't specialised outside of HTTPTypes.
        for index in 0..<endIndex where self[index].name.canonicalName.utf8.count == length && self[index].name == name
        {
            return true
        }
        return false
    }

    /// The value of the first field whose name in lower case is `canonicalName`; nil if there is none.
    ///
    /// This is for names without a constant in HTTPTypes, and for fields that a message has once only. The subscript of
    /// `HTTPFields` joins all fields of a name, which costs more.
    package func value(of canonicalName: String) -> String? {
        for index in 0..<endIndex where self[index].name.canonicalName == canonicalName { return self[index].value }
        return nil
    }

    /// The value of the field whose name in lower case is `canonicalName`; nil if there is none, and empty if there are several.
    package func onlyValue(of canonicalName: String) -> String? {
        var value: String?
        for index in 0..<endIndex where self[index].name.canonicalName == canonicalName {
            value = value == nil ? self[index].value : ""
        }
        return value
    }

    /// The values of all fields whose name in lower case is `canonicalName`, joined by commas; nil if there is none.
    package func joinedValues(of canonicalName: String, separator: String = ",") -> String? {
        let values = lazy.filter { $0.name.canonicalName == canonicalName }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: separator)
    }
}
