/// A response that curl has printed, with its numbers behind it.
struct CurlResponse {
    /// The status; 0 without a response.
    private(set) var status = 0
    private(set) var fields: [(name: String, value: String)] = []
    private(set) var body: [UInt8] = []
    /// The connections that the last request opened.
    private(set) var connections = 0
    private(set) var seconds = 0.0
    /// The exit status of curl.
    let exit: Int32
    /// What curl has to say.
    let message: String

    /// curl's `CURLE_OPERATION_TIMEDOUT`.
    var isTimeout: Bool { exit == 28 }

    /// Reads the output: heads and bodies, each followed by a line that begins with `mark`.
    init(_ output: [UInt8], mark: String, exit: Int32, message: String) {
        self.exit = exit
        self.message = message
        var rest = output[...]
        var response = output[...]
        while let (before, behind) = rest.parted(at: Array(mark.utf8)) {
            response = before
            let numbers = behind.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: " "))
                .map { String(decoding: $0, as: UTF8.self) }
            connections = numbers.first.flatMap { Int($0) } ?? 0
            seconds = numbers.last.flatMap { Double($0) } ?? 0
            rest = behind.drop { $0 != UInt8(ascii: "\n") }.dropFirst()
        }
        while response.starts(with: "HTTP/".utf8), let (head, body) = response.parted(at: Array("\r\n\r\n".utf8)) {
            read(head)
            self.body = Array(body)
            // An interim response is followed by another head.
            guard (100..<200).contains(status), status != 101 else { break }
            response = body
        }
    }

    private mutating func read(_ head: ArraySlice<UInt8>) {
        let lines = head.split(separator: UInt8(ascii: "\n")).map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
        let words = lines.first?.split(separator: UInt8(ascii: " ")) ?? []
        status = words.count > 1 ? Int(String(decoding: words[1], as: UTF8.self)) ?? 0 : 0
        fields = lines.dropFirst().compactMap { line in
            guard let (name, value) = line.parted(at: [UInt8(ascii: ":")]) else { return nil }
            return (
                String(decoding: name, as: UTF8.self),
                String(decoding: value.drop { $0 == UInt8(ascii: " ") }, as: UTF8.self)
            )
        }
    }

    /// The first value of a field, whose name is in lower case.
    subscript(_ name: String) -> String? { all(name).first }

    /// All values of a field, whose name is in lower case.
    func all(_ name: String) -> [String] {
        fields.filter { field in
            field.name.utf8.elementsEqual(name.utf8) { ($0 | ((0x41...0x5A).contains($0) ? 0x20 : 0)) == $1 }
        }
        .map(\.value)
    }

    /// Whether the body contains a text.
    func bodyContains(_ text: String) -> Bool { body[...].parted(at: Array(text.utf8)) != nil }
}

extension ArraySlice<UInt8> {
    /// What is before and behind the first occurrence of `mark`; nil if there is none.
    func parted(at mark: [UInt8]) -> (ArraySlice, ArraySlice)? {
        guard let first = mark.first else { return nil }
        var start = startIndex
        while let found = self[start...].firstIndex(of: first) {
            if self[found...].starts(with: mark) { return (self[..<found], self[(found + mark.count)...]) }
            start = found + 1
        }
        return nil
    }
}
