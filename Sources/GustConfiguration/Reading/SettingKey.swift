#if Configuration
import GustHTTP

/// The key of a setting, such as `desk.pageSize`, and its names in the sources.
struct SettingKey: Sendable {
    /// The words between dots, as in files.
    let text: String
    /// The words between dots and before capitals, in lower case: `desk`, `page`, `size`.
    private let words: [String]

    /// - Returns: nil unless the text consists of names of ASCII letters and digits with dots between them.
    init?(_ text: String) {
        self.text = text
        var words: [String] = []
        var word: [UInt8] = []
        var previous = UInt8(ascii: ".")
        for byte in text.utf8 {
            let isCapital = (0x41...0x5A).contains(byte)
            if byte == UInt8(ascii: ".") {
                guard !word.isEmpty else { return nil }
            } else {
                guard isCapital || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) else { return nil }
            }
            // A capital begins a word behind a small letter or a digit: `socketIO` has the words `socket` and `io`.
            let beginsWord = isCapital && previous != UInt8(ascii: ".") && !(0x41...0x5A).contains(previous)
            if byte == UInt8(ascii: ".") || beginsWord {
                words.append(String(decoding: word, as: UTF8.self))
                word = []
            }
            if byte != UInt8(ascii: ".") { word.append(byte | 0x20) }
            previous = byte
        }
        guard !word.isEmpty else { return nil }
        self.words = words + [String(decoding: word, as: UTF8.self)]
    }

    private init(text: String, words: [String]) {
        self.text = text
        self.words = words
    }

    /// The key of the file that contains the value: `desk.mailKeyFile` for `desk.mailKey`.
    var ofFile: SettingKey { SettingKey(text: "\(text)File", words: words + ["file"]) }

    /// The argument, such as `--desk-page-size`.
    var argument: String { "--\(words.joined(separator: "-"))" }

    /// The environment variable, such as `GUST_DESK_PAGE_SIZE`.
    func variable(_ prefix: String) -> String {
        let name = "\(prefix)_\(words.joined(separator: "_"))"
        let capitals = name.utf8.map { (0x61...0x7A).contains($0) ? $0 & 0xDF : $0 }
        return String(decoding: capitals, as: UTF8.self)
    }

    /// The components of the key.
    var components: [String] { text.pieces(on: UInt8(ascii: ".")).map(String.init) }
}
#endif
