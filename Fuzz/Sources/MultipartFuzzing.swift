import HTTPTypes
import NIOCore

@testable import GustHTTP

/// Fuzzes multipart bodies, each after a line with its content type: the result doesn't depend on where the body is
/// split, has at most the bytes of the body, and no file name contains a path.
enum MultipartFuzzing {
    static func run(_ input: Input) {
        let lines = input.lines(upTo: 2)
        guard lines.count == 2, let type = lines[0].text, HTTPField.isValidValue(type) else { return }
        guard let boundary = boundary(type) else { return }
        let body = lines[1]
        for maximumParts in [2, 100] {
            let whole = read(body, .whole, boundary, maximumParts)
            for delivery in [Input.Delivery.bytes, .pieces] {
                let reading = read(body, delivery, boundary, maximumParts)
                require(reading == whole, "\(whole)\nsplit at other places is\n\(reading)")
            }
        }
    }

    private static func boundary(_ type: String) -> MultipartBoundary? {
        do throws(HTTPError) {
            let boundary = try MultipartBoundary([.contentType: type])
            let length = boundary.delimiter.count - 4
            require((1...MultipartBoundary.maximumLength).contains(length), "a boundary of \(length) bytes")
            return boundary
        } catch {
            return nil
        }
    }

    /// A description of the parts that were read.
    private static func read(
        _ body: Input,
        _ delivery: Input.Delivery,
        _ boundary: MultipartBoundary,
        _ maximumParts: Int
    ) -> [String] {
        var parser = MultipartParser(boundary, maximumParts: maximumParts)
        var words: [String] = []
        var content = ByteBuffer()
        var length = 0
        var parts = 0
        var isInPart = false
        body.deliver(delivery) { piece in
            parser.receive(piece)
            do throws(HTTPError) {
                while !parser.isAtEnd, let event = try parser.next() {
                    switch event {
                    case .head(let head):
                        require(!isInPart, "a part within a part")
                        isInPart = true
                        parts += 1
                        check(head)
                        words.append("\(head)")
                    case .bytes(let bytes):
                        require(isInPart && bytes.readableBytes > 0, "\(bytes.readableBytes) bytes outside of a part")
                        length += bytes.readableBytes
                        content.writeImmutableBuffer(bytes)
                    case .endOfPart:
                        require(isInPart, "an end without a beginning")
                        isInPart = false
                        words.append(String(buffer: content))
                        content = ByteBuffer()
                    case .end: break
                    }
                }
            } catch {
                words.append("\(error)")
                return false
            }
            return !parser.isAtEnd
        }
        require(length <= body.bytes.count, "\(length) bytes of \(body.bytes.count)")
        require(parts <= maximumParts, "\(parts) parts")
        require(!parser.isAtEnd || !isInPart, "the last part doesn't end")
        return words + [String(buffer: content), "\(parser.isAtEnd)"]
    }

    private static func check(_ head: MultipartHead) {
        require(head.isFile || head.fileName == nil, "no file has the name \(head.fileName ?? "")")
        guard let name = head.fileName else { return }
        require(
            !name.isEmpty && name != "." && name != ".."
                && name.utf8.allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "\\") && $0 >= 0x09 },
            "a file name leads to \(name)"
        )
    }
}
