import NIOCore
import Testing

@testable import GustHTTP

/// Values that hold text from outside are equal if, and only if, the bytes of their texts are.
@Suite struct ByteEqualityTests {
    private func expectDifferent<Value: Equatable>(_ left: Value?, _ right: Value?) {
        #expect(left != nil && right != nil)
        #expect(left == left)
        #expect(left != right)
    }

    @Test(arguments: ByteTextTests.equivalents)
    func `canonically equivalent texts make different values`(left: String, right: String) {
        expectDifferent(
            WebSocketClosure(reason: left, isClean: true),
            WebSocketClosure(reason: right, isClean: true)
        )
    }

    @Test(arguments: ByteTextTests.equivalents)
    func `heads of parts are compared by bytes`(left: String, right: String) throws {
        func head(_ text: String) throws -> MultipartHead {
            let field = "Content-Disposition: form-data; name=\"\(text)\"; filename=\"\(text)\""
            return try MultipartHead(ByteBuffer(string: field + "\r\n").readableBytesView)
        }
        #expect(try head(left) == head(left))
        #expect(try head(left) != head(right))
    }
}
