import NIOCore
import Testing

@testable import GustHTTP

/// Recorded heads of parts of current clients.
@Suite struct MultipartClientTests {
    private func head(_ lines: String) throws -> MultipartHead {
        try MultipartHead(ByteBuffer(string: lines).readableBytesView)
    }

    @Test(arguments: [
        // curl 7.88, -F q='@q"u ü.png'
        (
            "Content-Disposition: form-data; name=\"q\"; filename=\"q%22u ü.png\"\r\nContent-Type: image/png",
            "q", "q\"u ü.png", "image/png"
        ),
        // Node 20, new File([…], '../q"u ü.png', { type: 'image/png' }), and a Blob
        (
            "Content-Disposition: form-data; name=\"picture\"; filename=\"../q%22u ü.png\"\r\nContent-Type: image/png",
            "picture", "q\"u ü.png", "image/png"
        ),
        (
            "Content-Disposition: form-data; name=\"b\"; filename=\"blob\"\r\nContent-Type: application/octet-stream",
            "b", "blob", "application/octet-stream"
        ),
        // requests 2.34, files={'e': ('ü.txt', b'')}
        ("Content-Disposition: form-data; name=\"e\"; filename=\"ü.txt\"", "e", "ü.txt", nil),
    ])
    func `the name, file name and type of a file are read`(
        lines: String,
        name: String,
        fileName: String,
        contentType: String?
    ) throws {
        let head = try head(lines)
        #expect(head.name == name)
        #expect(head.isFile)
        #expect(head.fileName == fileName)
        #expect(head.contentType == contentType)
    }

    @Test(arguments: [
        // A text field, as all clients send it.
        ("Content-Disposition: form-data; name=\"title\"", false),
        // A file input without a chosen file, as browsers send it.
        (
            "Content-Disposition: form-data; name=\"title\"; filename=\"\"\r\nContent-Type: application/octet-stream",
            true
        ),
        // filename* violates RFC 7578, but some clients send it; the part is a file all the same.
        ("Content-Disposition: form-data; name=\"title\"; filename*=utf-8''a.txt", true),
    ])
    func `a part is a file if it has filename or filename*, even without a usable file name`(
        lines: String,
        isFile: Bool
    ) throws {
        let head = try head(lines)
        #expect(head.isFile == isFile)
        #expect(head.fileName == nil)
    }

    @Test(arguments: ByteTextTests.equivalents)
    func `names of fields and files are compared by bytes`(left: String, right: String) {
        func encoded(_ text: String) -> String { PercentEncoding.encodeSegment(text) }
        let files = [left, right].map { UploadedFile(name: $0, fileName: $0, contentType: nil, bytes: ByteBuffer()) }
        let form = FormData(fields: Query("\(encoded(left))=1&\(encoded(right))=2"), files: files)
        #expect(form[left] == "1" && form[right] == "2")
        #expect(form.file(right)?.fileName?.utf8.elementsEqual(right.utf8) == true)
    }
}
