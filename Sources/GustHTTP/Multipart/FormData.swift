/// The fields and files of a form, in memory; see ``Request/formData(upTo:)``.
public struct FormData: Sendable {
    /// The fields that aren't files, in order, including repeated names.
    public let fields: Query
    /// The files, in order; several may have the same name, for example from `<input type="file" multiple>`.
    ///
    /// An input for which the visitor chose no file has no element here.
    public let files: [UploadedFile]

    /// The first value of the field `name`; nil if the field wasn't sent or is a file.
    public subscript(name: String) -> String? { fields[name] }

    /// The first file of the field `name`; nil if no file was chosen.
    public func file(_ name: String) -> UploadedFile? { files.first { $0.name.hasSameBytes(as: name) } }
}
