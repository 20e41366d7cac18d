/// A form with its files, in memory; see ``Request/formData(upTo:)``.
public struct FormData: Sendable {
    /// The fields that aren't files, in order, repeated names kept.
    public let fields: Query
    /// The files, in order; several may have the same name, as of `<input type="file" multiple>`.
    ///
    /// Where a visitor chose none, there is none.
    public let files: [UploadedFile]

    /// The first value of the field `name`, or nil if it wasn't sent or is a file.
    public subscript(name: String) -> String? { fields[name] }

    /// The first file of that name, or nil if none was chosen.
    public func file(_ name: String) -> UploadedFile? { files.first { $0.name.hasSameBytes(as: name) } }
}
