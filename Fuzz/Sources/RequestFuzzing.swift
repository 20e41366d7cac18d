import HTTPTypes
import NIOCore

@testable import GustServer

/// Requests one behind the other, with their bodies: however they are cut, the same is read; and a head that is accepted has
/// as many lines for us as for anybody else.
enum RequestFuzzing {
    static func run(_ input: Input) {
        let words = read(input.delivered(.whole))
        for delivery in [Input.Delivery.bytes, .pieces] {
            let reading = read(input.delivered(delivery))
            require(reading == words, "\(words)\ncut at other places is\n\(reading)")
        }
        readSmall(input)
    }

    /// What was read, in words.
    private static func read(_ pieces: [ByteBuffer]) -> [String] {
        var reader = Reader(limits: HTTPLimits())
        for piece in pieces where !reader.hasFailed { reader.read(piece) }
        let received = pieces.reduce(0) { $0 + $1.readableBytes }
        require(reader.bodyLength <= received, "\(reader.bodyLength) bytes of bodies")
        return reader.words + [String(buffer: reader.body)]
    }

    /// Limits that inputs of a few hundred bytes reach.
    private static func readSmall(_ input: Input) {
        var limits = HTTPLimits()
        limits.targetLength = 16
        limits.fieldLength = 32
        limits.headLength = 128
        limits.fieldCount = 4
        for delivery in Input.Delivery.allCases {
            var reader = Reader(limits: limits)
            for piece in input.delivered(delivery) where !reader.hasFailed {
                reader.read(piece)
                let isWaiting = !reader.hasFailed && reader.isInHead
                require(!isWaiting || reader.buffer.readableBytes <= limits.headLength, "a head without a limit")
            }
        }
    }

    private struct Reader {
        private let limits: HTTPLimits
        private var parser: HTTPRequestParser
        private var bodyReader: HTTPBodyReader?
        private(set) var buffer = ByteBuffer()
        private(set) var words: [String] = []
        private(set) var body = ByteBuffer()
        private(set) var bodyLength = 0
        private(set) var hasFailed = false

        var isInHead: Bool { bodyReader == nil }

        init(limits: HTTPLimits) {
            self.limits = limits
            parser = HTTPRequestParser(limits: limits)
        }

        mutating func read(_ piece: ByteBuffer) {
            buffer.writeImmutableBuffer(piece)
            do throws(HTTPParseError) {
                while try step() {}
            } catch {
                hasFailed = true
                words.append("\(error.status)")
            }
        }

        /// Takes the next thing there is; false if there is none.
        private mutating func step() throws(HTTPParseError) -> Bool {
            guard var reader = bodyReader else {
                let before = buffer
                guard let head = try parser.parse(&buffer) else { return false }
                check(head, before.readableBytesView.prefix(before.readableBytes - buffer.readableBytes))
                words.append("\(head)")
                bodyReader = HTTPBodyReader(head.body)
                return true
            }
            let piece = try reader.read(&buffer)
            bodyReader = reader
            switch piece {
            case .bytes(let bytes):
                body.writeImmutableBuffer(bytes)
                bodyLength += bytes.readableBytes
                return true
            case .end:
                words.append("body: \(String(buffer: body))")
                body = ByteBuffer()
                bodyReader = nil
                return true
            case nil:
                return false
            }
        }

        private func check(_ head: HTTPRequestHead, _ bytes: ByteBufferView) {
            let lines = bytes.count { $0 == 0x0A }
            // Empty lines in front, the request line, the empty line; one field may be added (`Origin`).
            let extra = lines - head.fields.count
            require((1...6).contains(extra), "\(lines) lines are \(head)")
            require(bytes.count { $0 == 0x0D } == lines, "a lone CR was accepted: \(head)")
        }
    }
}
