import GustHTTP

/// The fields and files of a form; see `Request.uploads(_:)`.
public struct UploadForm: Sendable {
    /// The names and values of the fields that aren't files, in order.
    public let fields: [(name: String, value: String)]
    /// The files, in order.
    ///
    /// An input for which the visitor chose no file has no element here.
    public let files: [Upload]

    /// The first value of the field `name`; nil if the field wasn't sent or is a file.
    public subscript(name: String) -> String? { fields.first { $0.name.hasSameBytes(as: name) }?.value }

    /// The first file of the field `name`; nil if no file was chosen.
    public func file(_ name: String) -> Upload? { files.first { $0.name.hasSameBytes(as: name) } }

    /// The fields and files as a tree.
    var tree: FieldNode {
        get throws(HTTPError) {
            try FieldNode(
                fields.map { (name: $0.name, value: FieldNode.Value.text($0.value)) }
                    + files.map { (name: $0.name, value: FieldNode.Value.file($0)) }
            )
        }
    }
}
