extension Arguments {
    /// Encodes values as arguments.
    ///
    /// - Throws: `EncodingError` if a value can't be encoded.
    public static func encoding<each Value: Encodable>(_ value: repeat each Value) throws -> Arguments {
        var arguments = Arguments()
        for value in repeat each value { try arguments.append(value) }
        return arguments
    }
}
