#if Redis
public import NIOCore

/// A command with its arguments.
///
/// ```swift
/// var command = RedisCommand("SET", "greeting", "hello")
/// command.append("PX")
/// command.append(1_500)
/// ```
public struct RedisCommand: Sendable {
    /// The arguments as bulk strings, without the header of the array.
    private(set) var arguments: ByteBuffer
    /// The number of arguments, with the name.
    private(set) var count: Int

    /// Makes a command.
    ///
    /// - Parameter words: The name of the command, and its first arguments.
    public init(_ words: String...) {
        arguments = ByteBuffer()
        arguments.reserveCapacity(words.reduce(0) { $0 + $1.utf8.count + 16 })
        count = 0
        for word in words { append(word) }
    }

    /// Makes a command of a name and two arguments with one allocation.
    package init(_ name: StaticString, _ first: ByteBuffer, _ second: ByteBuffer) {
        arguments = ByteBuffer()
        arguments.reserveCapacity(name.utf8CodeUnitCount + first.readableBytes + second.readableBytes + 48)
        count = 0
        let nameBytes = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
        writeLength(nameBytes.count)
        arguments.writeBytes(nameBytes)
        end()
        append(first)
        append(second)
    }

    /// Adds an argument.
    public mutating func append(_ argument: String) {
        writeLength(argument.utf8.count)
        arguments.writeString(argument)
        end()
    }

    /// Adds an argument of any bytes, which are copied.
    public mutating func append(_ argument: ByteBuffer) {
        writeLength(argument.readableBytes)
        arguments.writeImmutableBuffer(argument)
        end()
    }

    /// Adds an integer in decimal digits.
    public mutating func append(_ argument: Int) {
        append(String(argument))
    }

    /// The number of bytes on the wire, roughly.
    var size: Int { arguments.readableBytes + 16 }

    /// Writes the header of the array, which precedes ``arguments``.
    func writeHeader(into output: inout ByteBuffer) {
        output.writeInteger(UInt8(ascii: "*"))
        RedisCommand.writeDecimal(count, into: &output)
    }

    private mutating func writeLength(_ length: Int) {
        arguments.writeInteger(UInt8(ascii: "$"))
        RedisCommand.writeDecimal(length, into: &arguments)
    }

    private mutating func end() {
        arguments.writeInteger(0x0D0A as UInt16)
        count += 1
    }

    /// Writes a number and CR LF.
    private static func writeDecimal(_ number: Int, into output: inout ByteBuffer) {
        if number < 10 {
            output.writeInteger(UInt8(0x30 + number))
        } else if number < 100 {
            output.writeMultipleIntegers(UInt8(0x30 + number / 10), UInt8(0x30 + number % 10))
        } else {
            output.writeString(String(number))
        }
        output.writeInteger(0x0D0A as UInt16)
    }
}

extension RedisCommand: CustomStringConvertible {
    /// The number of arguments and of bytes; never the arguments, which may be secrets.
    public var description: String { "a command of \(count) arguments and \(arguments.readableBytes) bytes" }
}
#endif
