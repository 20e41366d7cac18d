import ArgumentParser
import GustClient
import GustWire
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The arguments of an event as words of a command line.
enum CommandValue {
    /// The arguments that the words mean: JSON, text, or `@FILE` for bytes.
    static func arguments(_ words: [String]) throws -> Arguments {
        var arguments = Arguments()
        for word in words {
            if word.utf8.first == UInt8(ascii: "@") {
                let path = String(Substring(word.utf8.dropFirst()))
                do {
                    try arguments.append(ByteBuffer(bytes: try Data(contentsOf: URL(filePath: path))))
                } catch {
                    throw ValidationError("the file \(path) can't be read")
                }
            } else if let json = try? JSONSlice(validating: ByteBuffer(string: word)) {
                arguments.append(json: json)
            } else {
                try arguments.append(word)
            }
        }
        return arguments
    }

    /// Checks that an event may have this name.
    static func check(name: String) throws {
        guard !ReservedName.contains(name) else { throw ValidationError(ReservedName(name: name).description) }
    }

    /// The words of a line: blanks separate them, except within quotes, brackets and braces.
    static func words(of line: String) -> [String] {
        var words: [[UInt8]] = []
        var word: [UInt8] = []
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        for byte in line.utf8 {
            if isEscaped {
                isEscaped = false
            } else if isQuoted {
                isEscaped = byte == UInt8(ascii: "\\")
                if byte == UInt8(ascii: "\"") { isQuoted = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isQuoted = true
                case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
                case UInt8(ascii: " "), UInt8(ascii: "\t"):
                    guard depth == 0 else { break }
                    if !word.isEmpty { words.append(word) }
                    word = []
                    continue
                default: break
                }
            }
            word.append(byte)
        }
        if !word.isEmpty { words.append(word) }
        return words.map { String(decoding: $0, as: UTF8.self) }
    }

    /// The arguments as a line: their JSON texts, with bytes as their number.
    static func text(_ arguments: Arguments) -> String {
        (0..<arguments.count).map { index in
            guard let value = arguments[index] else { return "" }
            if let bytes = try? value.decode(ByteBuffer.self), !arguments.attachments.isEmpty {
                return "<\(bytes.readableBytes) bytes>"
            }
            return value.description
        }.joined(separator: " ")
    }
}
