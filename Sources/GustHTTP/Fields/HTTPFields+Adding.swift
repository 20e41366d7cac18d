package import HTTPTypes

extension HTTPFields {
    /// The number of fields for which there is room after ``add(_:)``.
    private static let room = 12

    /// Appends a field, with room for the fields of other middleware.
    ///
    /// The fields of a response are shared with those of other responses of its kind, so the first field of a middleware copies them. Without
    /// room, the second, third and fifth field copy them again.
    package mutating func add(_ field: HTTPField) {
        if count < Self.room { reserveCapacity(Self.room) }
        append(field)
    }
}
