import GustHTTP
public import NIOCore

/// A form, as a browser sends it: fields, and files if it has any.
///
/// ```swift
/// var form: TestForm = ["title": "The tea is cold", "tag": "tea", "tag": "kitchen"]
/// form.add(file: "tea.txt", "38 °C", to: "files")
/// let response = try await client.post("/tickets", form: form)
/// ```
public struct TestForm: Sendable, ExpressibleByDictionaryLiteral {
    private struct File {
        let field: String
        let name: String
        let type: String
        let content: ByteBuffer
    }

    private var fields: [(name: String, value: String)]
    private var files: [File] = []
    private let boundary = "gust-" + RandomText.make(24)

    /// Makes a form without files; a name may occur several times.
    public init(dictionaryLiteral fields: (String, String)...) {
        self.fields = fields.map { (name: $0, value: $1) }
    }

    /// Adds a field.
    public mutating func add(_ value: String, to field: String) { fields.append((field, value)) }

    /// Adds a file of text, which makes the form `multipart/form-data`.
    ///
    /// - Parameters:
    ///   - name: The name of the file; it must not contain quotes or line breaks.
    ///   - content: The content.
    ///   - field: The name of the form's field; it must not contain quotes or line breaks.
    ///   - type: The media type of the content.
    public mutating func add(file name: String, _ content: String, to field: String, type: String = "text/plain") {
        add(file: name, ByteBuffer(string: content), to: field, type: type)
    }

    /// Adds a file, which makes the form `multipart/form-data`; the same as for text.
    public mutating func add(
        file name: String,
        _ content: ByteBuffer,
        to field: String,
        type: String = "application/octet-stream"
    ) {
        files.append(File(field: field, name: name, type: type, content: content))
    }

    /// The value of `Content-Type`.
    var contentType: String {
        files.isEmpty ? "application/x-www-form-urlencoded" : "multipart/form-data; boundary=\(boundary)"
    }

    /// The form as the body of a request.
    var body: ByteBuffer {
        guard !files.isEmpty else {
            let pairs = fields.map { "\(PercentEncoding.encodeSegment($0))=\(PercentEncoding.encodeSegment($1))" }
            return ByteBuffer(string: pairs.joined(separator: "&"))
        }
        var body = ByteBuffer()
        for (name, value) in fields {
            body.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n\(value)\r\n")
        }
        for file in files {
            body.writeString("--\(boundary)\r\nContent-Disposition: form-data; name=\"\(file.field)\"; ")
            body.writeString("filename=\"\(file.name)\"\r\nContent-Type: \(file.type)\r\n\r\n")
            body.writeImmutableBuffer(file.content)
            body.writeString("\r\n")
        }
        body.writeString("--\(boundary)--\r\n")
        return body
    }
}
