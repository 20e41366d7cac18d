import HTTPTypes
import NIOCore

@testable import GustServer

/// Fuzzes pipelined requests with bodies: the result doesn't depend on where the bytes are split, and an accepted head
/// has the number of lines that any other parser finds.
enum RequestFuzzing {
    static func run(_ input: Input) {
        let words = read(input, .whole)
        for delivery in [Input.Delivery.bytes, .pieces] {
            let reading = read(input, delivery)
            require(reading == words, "\(words)\nsplit at other places is\n\(reading)")
        }
        readSmall(input)
    }

    /// A description of the requests that were read.
    private static func read(_ input: Input, _ delivery: Input.Delivery) -> [String] {
        var reader = Reader(limits: HTTPLimits())
        input.deliver(delivery) { piece in
            reader.read(piece)
            return !reader.hasFailed
        }
        require(reader.bodyLength <= input.bytes.count, "\(reader.bodyLength) bytes of bodies")
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
            input.deliver(delivery) { piece in
                reader.read(piece)
                let isWaiting = !reader.hasFailed && reader.isInHead
                require(!isWaiting || reader.buffer.readableBytes <= limits.headLength, "a head without a limit")
                return !reader.hasFailed
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
            var piece = piece
            let unconsumed = buffer.readableBytes
            buffer.append(read: &piece)
            // A buffer grows to the next power of two; consumed bytes don't count.
            require(
                buffer.capacity <= max(1_024, 4 * (unconsumed + buffer.readableBytes)),
                "a buffer of \(buffer.capacity) bytes holds \(buffer.readableBytes)"
            )
            do throws(HTTPParseError) {
                while try step() {}
            } catch {
                hasFailed = true
                words.append("\(error.status)")
            }
        }

        /// Reads the next head or piece of a body; false if it is incomplete.
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
            // Empty lines in front, the request line, the empty line; two fields may be added (`Origin`, and the `Host`
            // of an absolute target), and HTTP/1.0 has no `Upgrade`.
            let extra = lines - head.fields.count
            require(extra >= 0 && (extra <= 6 || !head.isVersion11), "\(lines) lines are \(head)")
            checkHost(head)
            require(bytes.count { $0 == 0x0D } == lines, "a lone CR was accepted: \(head)")
        }

        /// There is at most one host, it is valid, and it equals the authority of an absolute target (RFC 9112 §3.2).
        private func checkHost(_ head: HTTPRequestHead) {
            let hosts = head.fields.filter { $0.name.canonicalName == "host" }.map(\.value)
            require(hosts.count == 1 || (hosts.isEmpty && !head.isVersion11), "\(hosts.count) hosts: \(head)")
            for host in hosts {
                require(HostText.isValid(host.utf8, mayBeEmpty: head.authority == nil), "an invalid host: \(head)")
                require(head.authority.map { $0.utf8.elementsEqual(host.utf8) } ?? true, "another host: \(head)")
            }
            require(head.isVersion11 || head.fields[.upgrade] == nil, "an upgrade of HTTP/1.0: \(head)")
            require(head.method != .connect, "a tunnel: \(head)")
        }
    }
}
