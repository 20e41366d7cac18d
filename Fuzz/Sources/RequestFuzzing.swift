import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded

@testable import GustServer

/// Fuzzes pipelined requests with bodies: the result doesn't depend on where the bytes are split, and an accepted head
/// has the number of lines that any other parser finds, and is read as by a parser that has read nothing before.
enum RequestFuzzing {
    private static let origin = RequestOrigin(
        storage: RequestStorage(),
        executor: LoopExecutor(EmbeddedEventLoop())
    )

    static func run(_ input: Input) {
        let words = read(input, .whole)
        for delivery in [Input.Delivery.bytes, .pieces] {
            let reading = read(input, delivery)
            require(reading == words, "\(words)\nsplit at other places is\n\(reading)")
        }
        readSmall(input)
        // The fields of the second half are remembered from the first one.
        _ = read(Input(input.bytes + input.bytes), .whole)
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
                guard let head = try parser.parse(&buffer, from: RequestFuzzing.origin) else { return false }
                var fresh = before
                var parser = HTTPRequestParser(limits: limits)
                let same = try parser.parse(&fresh, from: RequestFuzzing.origin)
                require(
                    same.map(description) == description(head) && fresh.readableBytes == buffer.readableBytes,
                    "\(description(head))\nis read by a new parser as\n\(same.map(description) ?? "nothing")"
                )
                check(head, before.readableBytesView.prefix(before.readableBytes - buffer.readableBytes))
                words.append("\(description(head))")
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
            let extra = lines - head.request.headers.count
            require(extra >= 0 && (extra <= 6 || !head.isVersion11), "\(lines) lines are \(description(head))")
            checkHost(head, authority(bytes))
            require(bytes.count { $0 == 0x0D } == lines, "a lone CR was accepted: \(description(head))")
        }

        private func description(_ head: HTTPRequestHead) -> String {
            let request = head.request
            return "\(request.method) \(request.target) \(request.headers) \(head.isVersion11) \(head.body) "
                + "\(head.keepsAlive) \(head.expectsContinue)"
        }

        /// The authority of a target in absolute form, as it was received; nil for another target.
        private func authority(_ bytes: ByteBufferView) -> [UInt8]? {
            let target = bytes.split(separator: 0x20, maxSplits: 2)[1]
            guard target.hasPrefixIgnoringASCIICase("http"), let scheme = target.firstIndex(of: 0x3A) else {
                return nil
            }
            return Array(target[scheme...].dropFirst(3).prefix { !"/?#".utf8.contains($0) })
        }

        /// There is at most one host, it is valid, and it equals the authority of an absolute target (RFC 9112 §3.2).
        private func checkHost(_ head: HTTPRequestHead, _ authority: [UInt8]?) {
            let hosts = head.request.headers.filter { $0.name.canonicalName == "host" }.map(\.value)
            require(
                hosts.count == 1 || (hosts.isEmpty && !head.isVersion11),
                "\(hosts.count) hosts: \(description(head))"
            )
            for host in hosts {
                let isValid = Array(host.utf8).withUnsafeBytes { HostText.isValid($0, mayBeEmpty: authority == nil) }
                require(isValid, "an invalid host: \(description(head))")
                require(authority.map { $0.elementsEqual(host.utf8) } ?? true, "another host: \(description(head))")
            }
            let upgrade = head.request.headers[.upgrade]
            require(head.isVersion11 || upgrade == nil, "an upgrade of HTTP/1.0: \(description(head))")
            require(head.request.method != .connect, "a tunnel: \(description(head))")
        }
    }
}
