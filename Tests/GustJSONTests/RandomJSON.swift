/// Makes random JSON texts, and breaks them.
struct RandomJSON {
    var generator: SeededGenerator

    init(seed: UInt64) { generator = SeededGenerator(seed) }

    mutating func number(below bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    mutating func text() -> String {
        // Nearly all values of a random tree are containers near its root.
        value(depth: number(below: 6))
    }

    private mutating func value(depth: Int) -> String {
        let kind = number(below: depth > 0 ? 9 : 6)
        let text =
            switch kind {
            case 0: "null"
            case 1: ["true", "false"].randomElement(using: &generator) ?? ""
            case 2, 3: numberText()
            case 4, 5: literal()
            case 6: "[\(list(number(below: 5)) { $0.value(depth: depth - 1) })]"
            default: "{\(list(number(below: 5)) { $0.key() + $0.blank() + ":" + $0.value(depth: depth - 1) })}"
            }
        return blank() + text + blank()
    }

    private mutating func list(_ count: Int, _ element: (inout Self) -> String) -> String {
        (0..<count).map { _ in element(&self) }.joined(separator: ",")
    }

    private mutating func blank() -> String {
        ["", "", "", "", " ", "\n", "\t\r\n "].randomElement(using: &generator) ?? ""
    }

    private mutating func key() -> String {
        [#""a""#, #""b""#, #""id""#, #""name""#, #""\u0061""#, #""""#, #""a long key of some bytes""#, literal()]
            .randomElement(using: &generator) ?? ""
    }

    mutating func literal() -> String {
        let pieces = [
            "a", "b", "xyz", " ", "é", "ß", "\u{1F600}", "\u{2028}", #"\n"#, #"\t"#, #"\\"#, #"\""#, #"\/"#, #"\b"#,
            #"\f"#, #"\r"#, #"\u0000"#, #"\u00e9"#, #"\u20AC"#, #"\ud83d\ude00"#, "12345678", "/", "\u{7F}",
        ]
        let text = (0..<number(below: 6)).map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
        return "\"\(text)\""
    }

    mutating func numberText() -> String {
        let digits = { (count: Int, self: inout Self) in
            (0..<count).map { _ in String(self.number(below: 10)) }.joined()
        }
        switch number(below: 8) {
        case 0: return String(number(below: 300) - 150)
        case 1: return String(Int64.random(in: .min ... .max, using: &generator))
        case 2: return String(UInt64.random(in: 0 ... .max, using: &generator))
        case 3: return String(Double(bitPattern: .random(in: 0x3000 << 48...0x4F00 << 48, using: &generator)))
        case 4: return String(Float.random(in: -1_000...1_000, using: &generator))
        case 5: return "\(number(below: 100)).\(digits(1 + number(below: 30), &self))"
        case 6: return "-\(1 + number(below: 9))\(digits(number(below: 25), &self))e\(number(below: 60) - 30)"
        default: return "\(number(below: 10)).\(digits(1 + number(below: 3), &self))E+\(number(below: 12))"
        }
    }

    /// The text with a few bytes removed, added or replaced.
    mutating func broken(_ text: String) -> [UInt8] {
        var bytes = Array(text.utf8)
        let interesting = Array(#"{}[]:,"\0123456789eE+-.tfnu /u\#n\#u{0}"#.utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
        for _ in 0...number(below: 3) {
            let place = number(below: bytes.count + 1)
            let byte = interesting.randomElement(using: &generator) ?? 0
            switch number(below: 4) {
            case 0 where place < bytes.count: bytes.remove(at: place)
            case 1 where place < bytes.count: bytes[place] = byte
            case 2: bytes.removeLast(number(below: min(4, bytes.count + 1)))
            default: bytes.insert(byte, at: place)
            }
        }
        return bytes
    }
}
