import GustHTTP
import HTTPTypes
import NIOCore
import NIOEmbedded
import Testing

/// The header fields of a request as they were received.
@Suite struct ReceivedFieldsTests {
    private static let lines = "Host: a\r\nX-Some:  1 \r\norigin: http://b\r\nx-some:2\r\nEmpty:\r\n"

    private func request(_ lines: ByteBuffer = ByteBuffer(string: lines)) throws -> Request {
        let origin = RequestOrigin(executor: LoopExecutor(EmbeddedEventLoop()))
        var request = Request(.get, try #require(RequestTarget("/")), from: origin)
        request.receive(.received(ReceivedFields(lines, ofBufferWithCapacity: lines.capacity)))
        return request
    }

    @Test func `a value is found by its name in lower case, without the blanks around it`() throws {
        let request = try request()
        #expect(request.value(of: "x-some") == "1")
        #expect(request.value(of: "origin") == "http://b")
        #expect(request.value(of: "empty") == "")
        #expect(request.value(of: "x-som") == nil)
        #expect(request.value(of: "x-some2") == nil)
    }

    @Test func `the values of one name are joined as HTTPFields joins them`() throws {
        let request = try request()
        #expect(request.joinedValues(of: "x-some") == "1, 2")
        #expect(request.joinedValues(of: "x-some") == request.headers[try #require(HTTPField.Name("X-Some"))])
        #expect(request.joinedValues(of: "referer") == nil)
    }

    @Test func `all fields are there in their order`() throws {
        let pairs = try request().headers.map { "\($0.name.rawName)=\($0.value)" }
        #expect(pairs == ["Host=a", "X-Some=1", "Origin=http://b", "x-some=2", "Empty="])
        #expect(try self.request(ByteBuffer()).headers.isEmpty)
    }

    @Test func `a changed copy has other fields, and the original has those that were received`() throws {
        let original = try request()
        var copy = original
        copy.headers[.origin] = "http://c"
        copy.headers[.age] = "1"
        #expect(copy.value(of: "origin") == "http://c")
        #expect(copy.joinedValues(of: "x-some") == "1, 2")
        #expect(copy.headers[.age] == "1")
        #expect(original.value(of: "origin") == "http://b")
        #expect(original.headers[.origin] == "http://b")
        #expect(original.headers[.age] == nil)
    }

    @Test func `the fields of a small part of a large read buffer don't keep the buffer`() throws {
        var read = ByteBufferAllocator().buffer(capacity: 65_536)
        read.writeString(Self.lines)
        let request = try request(read)
        // Only a buffer that nothing else refers to is emptied in place.
        let memory = read.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) }
        read.clear()
        read.writeString("x")
        #expect(read.withUnsafeReadableBytes { UInt(bitPattern: $0.baseAddress) } == memory)
        #expect(request.value(of: "host") == "a")
    }
}
