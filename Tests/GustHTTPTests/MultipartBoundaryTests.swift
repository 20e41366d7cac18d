import HTTPTypes
import Testing

@testable import GustHTTP

@Suite struct MultipartBoundaryTests {
    private func outcome(_ type: String?) -> String {
        var headers = HTTPFields()
        headers[.contentType] = type
        do throws(HTTPError) {
            return String(decoding: try MultipartBoundary(headers).delimiter.dropFirst(4), as: UTF8.self)
        } catch {
            return "\(error.status.code)"
        }
    }

    @Test(arguments: [
        ("multipart/form-data; boundary=b", "b"),
        ("Multipart/Form-Data ; charset=utf-8;Boundary=\"a b:c\";", "a b:c"),
        (
            "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "----WebKitFormBoundary7MA4YWxkTrZu0gW"
        ),
        ("multipart/form-data; boundary=*****", "*****"),
        ("multipart/form-data; boundary=!#$%&'*+-.^_`|~aZ9", "!#$%&'*+-.^_`|~aZ9"),
        ("multipart/form-data; boundary=\"*/?=\"", "*/?="),
        ("multipart/form-data; boundary=\u{212A}", "400"),
        ("multipart/form-data; boundary=a\u{301}", "400"),
        ("multipart/form-data; boundary=a\u{301};x=y", "400"),
        ("multipart/form-data; \u{301}boundary=a", "400"),
        ("multipart/form-data\u{301}; boundary=a", "415"),
        ("multipart/form-data; boundary=*****", "*****"),
        ("multipart/form-data; boundary=!#$%&'*+-.^_`|~aZ9", "!#$%&'*+-.^_`|~aZ9"),
        ("multipart/form-data; boundary=\"*/?=\"", "*/?="),
        ("multipart/form-data; boundary=\u{212A}", "400"),
        ("multipart/form-data; boundary=a\u{301}", "400"),
        ("multipart/form-data; boundary=a\u{301};x=y", "400"),
        ("multipart/form-data; \u{301}boundary=a", "400"),
        ("multipart/form-data\u{301}; boundary=a", "415"),
        ("multipart/form-data", "400"),
        ("multipart/form-data; boundary", "400"),
        ("multipart/form-data; boundary=", "400"),
        ("multipart/form-data; boundary=\"\"", "400"),
        ("multipart/form-data; boundary=\"a \"", "400"),
        ("multipart/form-data; boundary=\"a", "400"),
        ("multipart/form-data; boundary=\"a\"b", "400"),
        ("multipart/form-data; boundary=a\"b", "400"),
        ("multipart/form-data; boundary=ü", "400"),
        ("multipart/form-data; boundary=a{b", "400"),
        // Two boundaries are ambiguous.
        ("multipart/form-data; boundary=a; boundary=b", "400"),
        ("multipart/form-data; boundary=a, multipart/form-data; boundary=b", "400"),
        ("multipart/mixed; boundary=b", "415"),
        ("multipart/form-data, boundary=b", "415"),
        (nil, "415"),
    ])
    func `the boundary is read from the Content-Type, which must have exactly one`(type: String?, boundary: String) {
        #expect(outcome(type) == boundary)
    }

    @Test func `a boundary has up to 70 bytes`() {
        let boundary = String(repeating: "b", count: 70)
        #expect(outcome("multipart/form-data; boundary=\(boundary)") == boundary)
        #expect(outcome("multipart/form-data; boundary=b\(boundary)") == "400")
    }
}
