import GustHTTP

@testable import GustRouting

/// Fuzzes patterns: an input is a pattern, and a path on the next line.
enum PatternFuzzing {
    static func run(_ input: Input) {
        let lines = input.lines(upTo: 2)
        guard let text = lines[0].text, let path = lines.count > 1 ? lines[1].text : "/" else { return }
        if text.hasPrefix("/") { checkEscaped(text) }
        let pattern: Pattern
        do throws(PatternError) {
            pattern = try Pattern(text)
        } catch {
            require(error.offset >= 0 && error.offset <= error.pattern.utf8.count, "\(error)")
            return require(!error.description.isEmpty, "an error without a description")
        }
        check(pattern, path)
        for sample in pattern.tree?.samples ?? [] { check(pattern, sample) }
    }

    private static func check(_ pattern: Pattern, _ path: String) {
        guard let captures = pattern.match(path) else { return }
        require(captures.all.count == pattern.groupNames.count, "\(captures.all.count) captures")
        require(
            path.utf8.starts(with: pattern.literalPrefix.utf8),
            "\(pattern) matches \(path), which doesn't begin with \(pattern.literalPrefix)"
        )
    }

    private static func checkEscaped(_ text: String) {
        do throws(PatternError) {
            let pattern = try Pattern(Pattern.escape(text))
            require(pattern.matches(text), "\(pattern) doesn't match \(text)")
        } catch {
            // `/:` begins a capture and can't be escaped; a per cent sign must be one that a decoded path can contain.
            let isOdd = text.utf8.contains("/:".utf8) || text.utf8.contains(UInt8(ascii: "%"))
            require(isOdd, "\(text) escaped is an invalid pattern: \(error)")
        }
    }
}
