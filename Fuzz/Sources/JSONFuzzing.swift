import GustJSON
import NIOCore

@testable import GustWire

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Fuzzes JSON text: accepted text can be decoded as any type, and a string that is written and read again is
/// unchanged.
enum JSONFuzzing {
    private struct Person: Codable {
        var name: String
        var age: Int?
        var tags: [String]?
        var picture: Data?
    }

    static func run(_ input: Input) {
        if let text = input.text { checkLiteral(text) }
        let json: JSONSlice
        do throws(WireError) {
            json = try JSONSlice(received: input.buffer)
        } catch {
            return require(error.offset >= 0 && error.offset <= input.bytes.count, "\(error)")
        }
        var arguments = Arguments(trusted: ByteBuffer(), attachments: [ByteBuffer(string: "ab")])
        arguments.append(json: json)
        require(arguments.count == 1, "\(arguments.count) arguments")
        decode(arguments)
        checkInlining(arguments)
        _ = EventStandIn.event(in: .json(json))
    }

    private static func checkLiteral(_ text: String) {
        var plain = ByteBuffer()
        JSONText.write(text, into: &plain)
        var script = ByteBuffer()
        JSONText.writeForScript(ByteBuffer(string: text), into: &script)
        for literal in [plain, script] {
            require((try? JSONSlice(received: literal)) != nil, "\(text) was written as invalid JSON")
            let back = literal.withUnsafeReadableBytes { JSONStringReader.read($0) }
            require(back?.utf8.elementsEqual(text.utf8) == true, "\(text) came back as \(back ?? "nothing")")
        }
        let written = String(buffer: script).unicodeScalars
        require(!written.contains { $0 == "<" || $0 == "\u{2028}" || $0 == "\u{2029}" }, "\(text) could end a script")
    }

    private static func decode(_ arguments: Arguments) {
        _ = try? arguments.decode(Int.self, at: 0)
        _ = try? arguments.decode(UInt8.self, at: 0)
        _ = try? arguments.decode(Double?.self, at: 0)
        _ = try? arguments.decode(Bool.self, at: 0)
        _ = try? arguments.decode(String.self, at: 0)
        _ = try? arguments.decode(ByteBuffer.self, at: 0)
        _ = try? arguments.decode(Data.self, at: 0)
        _ = try? arguments.decode([String: [Double]].self, at: 0)
        _ = try? arguments.decode([JSONSlice].self, at: 0)
        guard let person = try? arguments.decode(Person.self, at: 0) else { return }
        var again = Arguments()
        do {
            try again.append(person)
            let back = try again.decode(Person.self, at: 0)
            require(back.name.utf8.elementsEqual(person.name.utf8) && back.picture == person.picture, "\(person)")
        } catch {
            require(false, "\(person) can't be encoded again: \(error)")
        }
    }

    /// Text with its attachments inlined is still JSON.
    private static func checkInlining(_ arguments: Arguments) {
        var array = ByteBuffer(string: "[")
        array.writeImmutableBuffer(AttachmentText.inline(arguments))
        array.writeStaticString("]")
        do throws(WireError) {
            _ = try JSONSlice(received: array)
        } catch {
            require(error.problem == .tooDeep, "\(arguments) with its attachments isn't JSON: \(error)")
        }
    }
}
