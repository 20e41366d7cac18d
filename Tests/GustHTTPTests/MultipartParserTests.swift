import HTTPTypes
import NIOCore
import Testing

@testable import GustHTTP

/// Multipart bodies and the events that the parser reads from them.
@Suite struct MultipartParserTests {
    /// The events of a body as texts; consecutive bytes are joined.
    private func read(_ body: String, cutInto size: Int = .max, parts: Int = 100) throws -> [String] {
        var parser = MultipartParser(try #require(MultipartBoundary("b")), maximumParts: parts)
        var rest = ByteBuffer(string: body)
        var words: [String] = []
        var content = ByteBuffer()
        func flush() {
            if content.readableBytes > 0 { words.append("bytes: \(String(buffer: content))") }
            content = ByteBuffer()
        }
        do throws(HTTPError) {
            while let piece = rest.readSlice(length: min(size, rest.readableBytes)), piece.readableBytes > 0 {
                parser.receive(piece)
                while !parser.isAtEnd, let event = try parser.next() {
                    switch event {
                    case .head(let head):
                        words.append("\(head.name) \(head.fileName ?? "-") \(head.contentType ?? "-")")
                    case .bytes(let bytes): content.writeImmutableBuffer(bytes)
                    case .endOfPart:
                        flush()
                        words.append("end of part")
                    case .end: break
                    }
                }
            }
            flush()
            words.append(parser.isAtEnd ? "end" : "unfinished")
        } catch {
            flush()
            words.append("\(error)")
        }
        return words
    }

    private func part(_ head: String, _ content: String = "x") -> String { "--b\r\n\(head)\r\n\r\n\(content)\r\n--b--" }

    private let form = """
        preamble, which is dropped\r
        --b\r
        Content-Disposition: form-data; name="title"\r
        \r
        a\r\r\n-- \r\n--\r\n-b\r
        --b  \t\r
        content-disposition:form-data;name=file;filename=a.txt\r
        Content-Type: text/plain; charset=utf-8\r
        X-Other: ü\r
        \r
        \r
        1\r\n\r\n\r
        --b--\r
        --b\r
        the epilogue isn't read
        """

    @Test(arguments: [.max, 1, 2, 3, 5, 7, 16, 61])
    func `a form is read in pieces of any size`(size: Int) throws {
        #expect(
            try read(form, cutInto: size) == [
                "title - -", "bytes: a\r\r\n-- \r\n--\r\n-b", "end of part",
                "file a.txt text/plain; charset=utf-8", "bytes: \r\n1\r\n\r\n", "end of part", "end",
            ]
        )
    }

    @Test func `a form is read the same with every size of the pieces`() throws {
        let whole = try read(form)
        for index in 1..<form.utf8.count { #expect(try read(form, cutInto: index) == whole, "cut at \(index)") }
    }

    @Test(arguments: [
        // A form without fields, as browsers send it.
        ("--b--\r\n", ["end"]),
        ("--b--", ["end"]),
        ("\r\n--b--", ["end"]),
        // Empty content, with and without the CR LF before the delimiter.
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b--", ["a - -", "end of part", "end"]),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--", ["a - -", "end of part", "end"]),
        // The content of a body that ends early is read.
        (
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n--b",
            ["a - -", "bytes: x", "end of part", "unfinished"]
        ),
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\r\n-", ["a - -", "bytes: x", "unfinished"]),
        ("", ["unfinished"]),
        // Lines end with CR LF: LF alone is content.
        ("--b\r\nContent-Disposition: form-data; name=a\r\n\r\nx\n--b--", ["a - -", "bytes: x\n--b--", "unfinished"]),
    ])
    func `a part ends only at a delimiter`(body: String, words: [String]) throws {
        for size in [.max, 1] { #expect(try read(body, cutInto: size) == words) }
    }

    @Test(arguments: [
        // LF alone, other text after the delimiter, and blanks before the hyphens of the end.
        "--b\nContent-Disposition: form-data; name=a\n\nx\n--b--\n",
        "--bc\r\n", "--b \r\r\n", "--b -", "--b --", "--b-\r\n", "--b-x",
    ])
    func `a delimiter must be followed by the end of its line`(body: String) throws {
        for size in [.max, 1] {
            #expect(
                try read(body, cutInto: size) == [
                    "400 a delimiter must be followed by CR LF, the last delimiter by two hyphens"
                ]
            )
        }
    }

    @Test(arguments: [
        ("", "a part has no head"),
        ("Content-Type: text/plain", "a part needs a well-formed Content-Disposition of type form-data"),
        (
            "Content-Disposition: attachment; name=a",
            "a part needs a well-formed Content-Disposition of type form-data"
        ),
        (
            "Content-Disposition: form-data; name=\"a",
            "a part needs a well-formed Content-Disposition of type form-data"
        ),
        (
            "Content-Disposition: form-data; name=a; filename=a; filename=b",
            "a part needs a well-formed Content-Disposition of type form-data"
        ),
        ("Content-Disposition: form-data; filename=a", "a part needs a name"),
        (
            "Content-Disposition: form-data; name=a\r\ncontent-disposition: form-data",
            "a part's head has a field twice"
        ),
        ("Content-Disposition: form-data; name=a\r\n ; filename=a", "a line of a part's head isn't a header field"),
        ("Content-Disposition: form-data; name=a\r\n: x", "a line of a part's head isn't a header field"),
        ("Content-Disposition: form-data; name=\"a\u{7F}\"", "a part's head contains a control character"),
        ("Content-Disposition : form-data; name=a", "a line of a part's head isn't a header field"),
        ("Content-Disposition: form-data; name=a\nX: y", "a part's head contains a control character"),
        ("Content-Disposition: form-data; name=a\rX: y", "a part's head contains a control character"),
        ("Content-Disposition: form-data; name=a; filename=\"a\0.txt\"", "a part's head contains a control character"),
    ])
    func `a malformed head is refused`(head: String, text: String) throws {
        for size in [.max, 1] { #expect(try read(part(head), cutInto: size) == ["400 \(text)"]) }
    }

    @Test(arguments: [
        (#"filename="a b.txt""#, "a b.txt"), ("filename=a b.txt", "a b.txt"), (#"filename="a;b".txt"#, nil),
        // Escapes with a backslash, the escape %22 of browsers, and an escape that browsers don't use.
        (#"filename="a\"b\\""#, nil), (#"filename="a\"b.txt""#, #"a"b.txt"#),
        (#"filename="a%22b%2F.txt""#, #"a"b%2F.txt"#),
        (#"filename="ü.txt""#, "ü.txt"),
        // Paths.
        (#"filename="../../etc/passwd""#, "passwd"), (#"filename="C:\Users\ada\cat.png""#, "cat.png"),
        (#"filename="a/b\\c""#, "c"), (#"filename="/etc/""#, nil), (#"filename="..""#, nil), (#"filename="a/..""#, nil),
        (#"filename=".""#, nil), (#"filename="a\..""#, nil), (#"filename="/\u{301}a""#, "\u{301}a"),
        // No file was chosen, and filename*, which isn't read (RFC 7578 §4.2).
        (#"filename="""#, nil), ("filename*=UTF-8''a.txt", nil), ("filename=a; filename*=UTF-8''..%2Fb", "a"),
    ])
    func `a file name is the last component of the path that was sent`(parameter: String, name: String?) throws {
        let parameter = parameter.replacing("\\u{301}", with: "\u{301}")
        let words = try read(part("Content-Disposition: form-data; name=f; \(parameter)"))
        if parameter.hasSuffix("\".txt") {
            #expect(words == ["400 a part needs a well-formed Content-Disposition of type form-data"])
        } else {
            #expect(words.first == "f \(name ?? "-") -")
        }
    }

    @Test(arguments: [("binary", true), ("8Bit", true), ("base64", false), ("quoted-printable", false)])
    func `a part with an encoded content is refused`(encoding: String, isTaken: Bool) throws {
        let words = try read(part("Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: \(encoding)"))
        #expect(
            words.first == (isTaken ? "a - -" : "415 a part's Content-Transfer-Encoding must be binary (RFC 7578 §4.7)")
        )
    }

    @Test(arguments: [.max, 1]) func `the number of parts, of fields and the length of heads are limited`(
        size: Int
    ) throws {
        let disposition = "Content-Disposition: form-data; name=a"
        let many = String(repeating: "--b\r\n\(disposition)\r\n\r\nx\r\n", count: 3) + "--b--"
        #expect(try read(many, cutInto: size, parts: 3).last == "end")
        #expect(try read(many, cutInto: size, parts: 2).last == "413 the body has more than 2 parts")

        let fields = (1...15).map { "\r\nX-\($0): y" }.joined()
        #expect(try read(part(disposition + fields), cutInto: size).last == "end")
        #expect(
            try read(part(disposition + fields + "\r\nX: y"), cutInto: size).last
                == "413 a part's head has more than 16 fields"
        )

        let long = disposition + "\r\nX: " + String(repeating: "y", count: 8_192 - disposition.utf8.count - 5)
        #expect(try read(part(long), cutInto: size).last == "end")
        let refusal = ["413 a part's head is longer than 8192 bytes"]
        #expect(try read(part(long + "y"), cutInto: size) == refusal)
        // A head without an end is refused at the limit too.
        #expect(try read("--b\r\n" + long + "yyyy", cutInto: size) == refusal)
    }

    @Test func `tabs are whitespace in a head`() throws {
        #expect(try read(part("Content-Disposition:\tform-data;\tname=a")).first == "a - -")
    }

    @Test func `bytes after the last delimiter aren't kept`() throws {
        var parser = MultipartParser(try #require(MultipartBoundary("b")), maximumParts: 1)
        parser.receive(ByteBuffer(string: "--b--"))
        #expect(try parser.next() == .end)
        parser.receive(ByteBuffer(string: "\r\n--b\r\n"))
        #expect(try parser.next() == .end)
        #expect(parser.isAtEnd)
    }

    @Test func `an upload whose pieces each leave an unread byte isn't kept in memory`() throws {
        var parser = MultipartParser(try #require(MultipartBoundary("b")), maximumParts: 1)
        parser.receive(ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n"))
        _ = try parser.next()
        let piece = ByteBuffer(string: String(repeating: "x", count: 1_023) + "\r")
        for _ in 1...64 {
            parser.receive(piece)
            guard case .bytes(let bytes) = try parser.next() else { throw HTTPError(.badRequest) }
            #expect(bytes.storageCapacity <= 4_096)
            #expect(try parser.next() == nil)
        }
    }
}
