import Foundation
import Testing

@testable import GustJSON

/// Random texts, whole and broken, are decoded as by Foundation's `JSONDecoder`.
///
/// Excluded are the differences that `JSONDecoding` documents; each has a test of its own in ``JSONDecodingTests``.
@Suite struct DecodingDifferentialTests {
    private enum Outcome<Value: Equatable>: Equatable {
        case value(Value)
        case failure(String, [String])

        init(_ body: () throws -> Value) {
            do {
                self = .value(try body())
            } catch DecodingError.typeMismatch(_, let context) {
                self = .failure("typeMismatch", context.codingPath.map(\.stringValue))
            } catch DecodingError.valueNotFound(_, let context) {
                self = .failure("valueNotFound", context.codingPath.map(\.stringValue))
            } catch DecodingError.keyNotFound(let key, let context) {
                self = .failure("keyNotFound", context.codingPath.map(\.stringValue) + [key.stringValue])
            } catch DecodingError.dataCorrupted(let context) {
                self = .failure(context.underlyingError is JSONTextError ? "text" : "dataCorrupted", [])
            } catch {
                self = .failure("\(error)", [])
            }
        }
    }

    private func ours<Value: Decodable & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) -> Outcome<Value> {
        Outcome { try bytes.withUnsafeBytes { try JSONDecoding.decode(type, from: $0) } }
    }

    private func foundations<Value: Decodable & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) -> Outcome<Value> {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601Text
        return Outcome { try decoder.decode(type, from: Data(bytes)) }
    }

    /// Whether a second parser of Foundation, which has no extensions, takes the text as JSON.
    private func isStrictJSON(_ bytes: [UInt8]) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
    }

    private func hasSurrogateEscape(_ bytes: [UInt8]) -> Bool {
        zip(bytes, bytes.dropFirst()).contains { $0 == UInt8(ascii: "u") && $1 | 0x20 == UInt8(ascii: "d") }
    }

    /// Whether a text has a number that the two read differently: one too close to zero, or one whose many digits Foundation rounds to
    /// an integer.
    private func hasExtremeNumber(_ text: String) -> Bool {
        text.contains(/[eE]-\d{2}/) || text.contains(/[eE]-?\d{3}/) || text.contains(/\d{16}/)
    }

    private func compare<Value: Decodable & Equatable>(_ type: Value.Type, _ bytes: [UInt8]) -> Comment? {
        let text = String(decoding: bytes, as: UTF8.self)
        let mine = ours(type, bytes)
        let theirs = foundations(type, bytes)
        // Foundation takes NUL for a part of UTF-16 or UTF-32.
        if mine == theirs || bytes.prefix(4).contains(0) || hasSurrogateEscape(bytes) || hasExtremeNumber(text) {
            return nil
        }
        switch (mine, theirs) {
        case (.failure("text", _), .failure("dataCorrupted", _)): return nil
        case (.failure("text", _), _):
            // Foundation takes a comma before a bracket, and doesn't look at what isn't decoded.
            return isStrictJSON(bytes) ? "\(text.debugDescription) is refused, by Foundation \(theirs)" : nil
        default: return "\(text.debugDescription): \(mine), by Foundation \(theirs)"
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a value of any shape is the same`(seed: UInt64) {
        var random = RandomJSON(seed: seed)
        for _ in 0..<1_000 {
            let text = random.text()
            if let difference = compare(AnyValue.self, Array(text.utf8)) { Issue.record(difference) }
            if let difference = compare(AnyValue.self, random.broken(text)) { Issue.record(difference) }
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func `a text of another shape is refused at the same place`(seed: UInt64) throws {
        var random = RandomJSON(seed: seed &+ 100)
        for _ in 0..<1_000 {
            let text = try Everything.random(&random.generator).text(&random)
            if let difference = compare(Everything.self, Array(text.utf8)) { Issue.record(difference) }
            if let difference = compare(Everything.self, random.broken(text)) { Issue.record(difference) }
        }
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func `a number is the same in each type`(seed: UInt64) {
        var random = RandomJSON(seed: seed &+ 200)
        for _ in 0..<2_000 {
            let text = random.numberText()
            compareInteger(Int.self, text)
            compareInteger(Int8.self, text)
            compareInteger(UInt16.self, text)
            compareInteger(UInt64.self, text)
            compareFloatingPoint(Double.self, text)
            compareFloatingPoint(Float.self, text)
            let bytes = Array(text.utf8)
            #expect(ours(Decimal.self, bytes) == foundations(Decimal.self, bytes), "\(text)")
        }
    }

    private func compareInteger<Integer: Decodable & Equatable>(_ type: Integer.Type, _ text: String) {
        let mine = ours(type, Array(text.utf8))
        let theirs = foundations(type, Array(text.utf8))
        // Foundation rounds, and takes the result for the integer. `Decimal` is exact for 38 digits.
        if case .failure = mine, case .value = theirs, let exact = Decimal(string: text), exact.exponent < 0 { return }
        #expect(mine == theirs, "\(text)")
    }

    private func compareFloatingPoint<Number: Decodable & BinaryFloatingPoint>(_ type: Number.Type, _ text: String) {
        let mine = ours(type, Array(text.utf8))
        let theirs = foundations(type, Array(text.utf8))
        // Foundation refuses what is too close to zero.
        if case .value(let value) = mine, value.magnitude < .leastNormalMagnitude, case .failure = theirs { return }
        #expect(mine == theirs, "\(text)")
    }

    @Test func `each beginning of a text is refused`() throws {
        var random = RandomJSON(seed: 300)
        for _ in 0..<50 {
            let bytes = Array("[\(random.text())]".utf8)
            for length in 0..<bytes.count {
                let outcome = ours(AnyValue.self, Array(bytes[..<length]))
                #expect(outcome == .failure("text", []), "\(String(decoding: bytes[..<length], as: UTF8.self))")
            }
        }
    }
}
