import NIOCore
import Testing

@testable import GustHTTP

/// Heads of parts as clients of these days send them, recorded.
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
    func `a file is known by what its client says`(
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
        // As every client sends a text.
        ("Content-Disposition: form-data; name=\"title\"", false),
        // A browser, of a file input that was left empty.
        (
            "Content-Disposition: form-data; name=\"title\"; filename=\"\"\r\nContent-Type: application/octet-stream",
            true
        ),
        // Against RFC 7578, by clients that know mail: bytes of a file aren't a text, whatever its name.
        ("Content-Disposition: form-data; name=\"title\"; filename*=utf-8''a.txt", true),
    ])
    func `a part without a name of a file may be one`(lines: String, isFile: Bool) throws {
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
