#if Redis
import NIOCore
import Testing

@testable import GustRedis

@Suite struct RedisCommandEncodingTests {
    private func bytes(_ command: RedisCommand) -> ByteBuffer {
        var bytes = ByteBuffer()
        command.writeHeader(into: &bytes)
        bytes.writeImmutableBuffer(command.arguments)
        return bytes
    }

    @Test func `a command is an array of bulk strings`() {
        var command = RedisCommand("SET", "a", "é\r\n")
        command.append(-1)
        #expect(bytes(command) == "*4\r\n$3\r\nSET\r\n$1\r\na\r\n$4\r\né\r\n\r\n$2\r\n-1\r\n")
        #expect(bytes(RedisCommand("PUBLISH", "a", "b")) == "*3\r\n$7\r\nPUBLISH\r\n$1\r\na\r\n$1\r\nb\r\n")
    }

    @Test func `lengths and counts of any number of digits are read back`() throws {
        for length in [0, 9, 10, 11, 99, 100, 101, 1_234] {
            var command = RedisCommand()
            for _ in 0..<max(1, length) { command.append(ByteBuffer(repeating: 7, count: length)) }
            var parser = RESPParser()
            var input = bytes(command)
            let argument = RESPValue.bulkString(ByteBuffer(repeating: 7, count: length))
            #expect(try parser.next(&input) == .array(Array(repeating: argument, count: max(1, length))))
        }
    }

    @Test func `a description has no arguments`() {
        #expect("\(RedisCommand("AUTH", "secret"))" == "a command of 2 arguments and 22 bytes")
    }
}
#endif
