import Foundation
import GustJSON
import NIOCore

/// A value with members of all kinds.
struct Everything: Codable, Equatable {
    struct Inner: Codable, Equatable {
        var name: String
        var numbers: [Int]
        var rows: [[Double]]
    }

    enum Kind: String, Codable { case first, second }

    enum Shape: Codable, Equatable {
        case circle(radius: Double)
        case square(side: Int, Int)
        case none
    }

    var id: Int
    var text: String
    var flag: Bool
    var small: Int8
    var large: UInt64
    var ratio: Double
    var single: Float
    var price: Decimal
    var date: Date
    var data: Data
    var address: URL?
    var identifier: UUID
    var kind: Kind
    var shape: Shape
    var inner: Inner
    var list: [Inner?]
    var names: [String]
    var members: [String: Int]
    var numbered: [Int: String]
    var absent: Int?
    var absentText: String?
    var pair: [Bool?]

    static func random(_ generator: inout SeededGenerator) -> Everything {
        func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &generator) }
        func text() -> String {
            let scalars = Array("abc é\"\\/\n\u{1}\u{2028}😀x".unicodeScalars)
            let some = (0..<number(0...12)).compactMap { _ in scalars.randomElement(using: &generator) }
            return String(String.UnicodeScalarView(some))
        }
        func double() -> Double {
            [0, 1, -0.0, 0.1, 1e21, -2.5, Double(number(-1_000...1_000)), .random(in: -1e9...1e9, using: &generator)]
                .randomElement(using: &generator) ?? 0
        }
        func inner() -> Inner {
            Inner(
                name: text(),
                numbers: (0..<number(0...3)).map { _ in number(.min ... .max) },
                rows: (0..<number(0...2)).map { _ in [double()] }
            )
        }
        return Everything(
            id: number(.min ... .max),
            text: text(),
            flag: .random(using: &generator),
            small: .random(in: .min ... .max, using: &generator),
            large: .random(in: .min ... .max, using: &generator),
            ratio: double(),
            single: .random(in: -1e6...1e6, using: &generator),
            price: Decimal(number(-1_000_000...1_000_000)) / 100,
            date: Date(timeIntervalSince1970: Double(number(0...2_000_000_000_000)) / 1_000),
            data: Data(text().utf8),
            address: number(0...1) == 0 ? nil : URL(string: "https://gust.example/a/b?c=d"),
            identifier: UUID(uuidString: "E621E1F8-C36C-495A-93FC-0C247A3E6E5F") ?? UUID(),
            kind: number(0...1) == 0 ? .first : .second,
            shape: [.circle(radius: double()), .square(side: 1, 2), .none].randomElement(using: &generator) ?? .none,
            inner: inner(),
            list: (0..<number(0...3)).map { _ in number(0...2) == 0 ? nil : inner() },
            names: (0..<number(0...3)).map { _ in text() },
            members: Dictionary((0..<number(0...30)).map { ("k\($0)", $0) }) { first, _ in first },
            numbered: [number(0...9): text()],
            absent: number(0...1) == 0 ? nil : 7,
            absentText: number(0...1) == 0 ? nil : text(),
            pair: [true, nil]
        )
    }

    /// The text of the value, in which a value may be replaced by one of another type.
    func text(_ random: inout RandomJSON) throws -> String {
        let text = String(buffer: try JSONEncoding.encode(self, JSONStyle()))
        guard random.number(below: 3) > 0 else { return text }
        let values = [":null", ":1.5", ":\"a\"", ":[]", ":{}", ":true", ":300", ":-1", ":1e3", ",\"id\":2,\"x\":"]
        let colons = text.indices.filter { text[$0] == ":" }
        guard let colon = colons.randomElement(using: &random.generator) else { return text }
        let rest = text[text.index(after: colon)...]
        let end = rest.firstIndex { $0 == "," || $0 == "}" || $0 == "]" } ?? text.endIndex
        return text[..<colon] + (values.randomElement(using: &random.generator) ?? "") + text[end...]
    }
}
