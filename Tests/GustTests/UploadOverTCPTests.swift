import Gust
import GustTesting
import Synchronization
import Testing

/// Uploads through a server that exceed the default limit of bodies.
@Suite struct UploadOverTCPTests {
    /// The part of an upload that a handler read.
    private final class Sight: Sendable {
        private let largest = Mutex(0)
        var largestPiece: Int { largest.withLock(\.self) }
        func see(_ bytes: ByteBuffer) { largest.withLock { $0 = max($0, bytes.readableBytes) } }
    }

    private static let content = ByteBuffer(bytes: (0..<(3 << 20)).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })

    private static let body: ByteBuffer = {
        var body = ByteBuffer(string: "--b\r\nContent-Disposition: form-data; name=note\r\n\r\nhello\r\n")
        body.writeString("--b\r\nContent-Disposition: form-data; name=file; filename=\"../large.bin\"\r\n\r\n")
        body.writeImmutableBuffer(content)
        body.writeString("\r\n--b--\r\n")
        return body
    }()

    private func router(_ sight: Sight) throws -> Router {
        var app = Application()
        app.post("/streamed") { request in
            var answer: [String] = []
            for try await part in request.parts(upTo: 4 << 20) {
                var content = ByteBuffer()
                for try await bytes in part {
                    sight.see(bytes)
                    content.writeImmutableBuffer(bytes)
                }
                answer.append("\(part.name) \(part.fileName ?? "-") \(content.readableBytes)")
                if part.isFile { answer.append("\(content == Self.content)") }
            }
            return answer.joined(separator: ", ")
        }
        app.post("/skipped") { request in
            var count = 0
            for try await _ in request.parts(upTo: 4 << 20) { count += 1 }
            return "\(count)"
        }
        app.post("/small") { request in "\(try await request.formData().files.count)" }
        return try app.router()
    }

    @Test(arguments: TestDepth.allCases)
    func `a body of three megabytes is read in pieces, skipped, or refused`(depth: TestDepth) async throws {
        let sight = Sight()
        let headers: HTTPFields = [.contentType: "multipart/form-data; boundary=b"]
        try await TestClient.with(router(sight), at: depth) { client async throws in
            for _ in 1...2 {
                let streamed = try await client.execute(.post, "/streamed", headers: headers, body: Self.body)
                #expect(streamed.text == "note - 5, file large.bin 3145728, true")
                let skipped = try await client.execute(.post, "/skipped", headers: headers, body: Self.body)
                #expect(skipped.text == "2")
            }
            let small = try await client.execute(.post, "/small", headers: headers, body: Self.body)
            #expect(small.status == .contentTooLarge)
        }
        // The server stops reading while a handler is busy.
        if depth == .tcp { #expect(sight.largestPiece <= 1 << 20) }
    }
}
