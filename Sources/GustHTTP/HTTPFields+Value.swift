package import HTTPTypes

extension HTTPFields {
    /// The value of the first field of that name in lower case; nil if there is none.
    ///
    /// Serves names that HTTPTypes has no constant for, and fields that may stand in a message once only: the subscript
    /// joins all fields of a name, which costs more than to find one.
    package func value(of canonicalName: String) -> String? {
        first { $0.name.canonicalName == canonicalName }?.value
    }
}
