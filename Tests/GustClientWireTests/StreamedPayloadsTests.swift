import GustClientWire
import GustWire
import NIOCore
import Testing

/// Payloads in scripts, in pages of script elements and in multipart bodies.
@Suite struct StreamedPayloadsTests {
    /// Payloads with everything that the envelopes give a meaning.
    private static let payloads = [
        "", "hello", "function", #"</script><script>_("x")"#, "a\n\nb", "\"quoted\\", "é😀\u{2028}", "--socketio\n",
        String(repeating: "long ", count: 1_000),
    ]

    /// The response of our server to a client, with all payloads.
    private func response(_ revision: Revision, _ name: String) throws -> ByteBuffer {
        let envelope = try #require(revision.transport(named: name)).envelope(callbackIndex: nil)
        var bytes = envelope.opening
        for payload in Self.payloads { bytes.writeImmutableBuffer(envelope.wrap(ByteBuffer(string: payload))) }
        return bytes
    }

    private func read(
        _ bytes: ByteBuffer,
        _ form: StreamedPayloads.Form,
        pieces length: Int,
        maximumLength: Int = 10_000
    ) throws(WireError) -> [String] {
        var parser = StreamedPayloads(form, maximumLength: maximumLength)
        var bytes = bytes
        var payloads: [String] = []
        while let piece = bytes.readSlice(length: min(length, bytes.readableBytes)), piece.readableBytes > 0 {
            try parser.read(piece) { payloads.append(String(buffer: $0)) }
        }
        return payloads
    }

    private func problem(_ text: String, _ form: StreamedPayloads.Form, maximumLength: Int = 100) -> WireError.Problem?
    {
        do throws(WireError) {
            _ = try read(ByteBuffer(string: text), form, pieces: 7, maximumLength: maximumLength)
            return nil
        } catch {
            return error.problem
        }
    }

    private static let forms: [(Revision, String, StreamedPayloads.Form)] = [
        (.socketIO09, "htmlfile", .scriptElements), (.socketIO06, "htmlfile", .scriptElements),
        (.socketIO06, "xhr-multipart", .parts),
    ]

    @Test(arguments: forms.indices, [1, 2, 7, 100, 100_000])
    func `the payloads of our server are read in pieces of any length`(index: Int, length: Int) throws {
        let (revision, name, form) = Self.forms[index]
        #expect(try read(response(revision, name), form, pieces: length) == Self.payloads)
    }

    @Test func `the stream of a server of 0.9 that escapes the slash only is read`() throws {
        let page =
            #"<html><body><script>var _ = function (msg) { parent.s._(msg, document); };</script>   "#
            + #"<script>_("5:::{\"name\":\"<script>\",\"x\":\"<\/script>\"}");</script>"#
        let payloads = try read(ByteBuffer(string: page), .scriptElements, pieces: 1)
        #expect(payloads == [#"5:::{"name":"<script>","x":"</script>"}"#])
    }

    @Test func `nothing is kept behind the last payload`() throws {
        var parser = StreamedPayloads(.scriptElements, maximumLength: 30)
        var count = 0
        for _ in 0..<10 {
            try parser.read(ByteBuffer(string: #"<script>_("abc");</script><scr"#)) { _ in count += 1 }
            #expect(parser.keptBytes == 4)
            try parser.read(ByteBuffer(string: #"ipt>_("abc");</script>"#)) { _ in count += 1 }
            #expect(parser.keptBytes == 0)
        }
        #expect(count == 20)
    }

    @Test(arguments: [StreamedPayloads.Form.scriptElements, .parts])
    func `a payload that doesn't end is refused at the limit`(form: StreamedPayloads.Form) {
        #expect(problem("--b\n\n\n" + String(repeating: "a", count: 107), form) == .tooLong)
        #expect(problem("--b\n\n\n" + String(repeating: "a", count: 90), form) == nil)
        #expect(problem("--" + String(repeating: "b", count: 105), form) == .tooLong)
    }

    @Test func `the payloads in front of the limit are read`() throws {
        var parser = StreamedPayloads(.parts, maximumLength: 10)
        var payloads: [String] = []
        let text = "--b\n\n\nfirst\n--b\nContent-Type: text/plain\n\nsecond\n--b\nendless headers"
        #expect(throws: WireError(.tooLong, at: 10)) {
            try parser.read(ByteBuffer(string: text)) { payloads.append(String(buffer: $0)) }
        }
        #expect(payloads == ["first", "second"])
    }

    @Test(
        arguments: [
            ("\n", .malformed), ("b\n", .malformed), ("--\n", .malformed),
            ("--" + String(repeating: "b", count: 71) + "\n", .malformed), ("--b\nno empty line\n--b\n", .malformed),
        ] as [(String, WireError.Problem)]
    )
    func `a multipart body without a boundary or with a part without a body is refused`(
        text: String,
        expected: WireError.Problem
    ) {
        #expect(problem(text, .parts) == expected)
    }

    @Test(
        arguments: [
            ("</script>", .malformed), (#"<script>_("a</script>"#, .malformed),
            (#"<script>_("\x");</script>"#, .invalidJSON),
            (#"<script>_("a", "b");</script>"#, .invalidJSON),
        ] as [(String, WireError.Problem)]
    )
    func `a script element without one string is refused`(text: String, expected: WireError.Problem) {
        #expect(problem(text, .scriptElements) == expected)
    }

    @Test func `an element that calls nothing with a string is ignored`() throws {
        let page = "<html><script>function f() {}</script><script>_(7)</script><script>_(\"a\")</script>"
        #expect(try read(ByteBuffer(string: page), .scriptElements, pieces: 5) == ["a"])
    }

    @Test(arguments: ["<", "<<<<<<<</script", "\n--", "\n"])
    func `a stream of beginnings is searched in linear time`(beginning: String) throws {
        let limit = 300_000
        for form in [StreamedPayloads.Form.scriptElements, .parts] {
            var parser = StreamedPayloads(form, maximumLength: limit)
            if form == .parts { try parser.read(ByteBuffer(string: "--b\n")) { _ in } }
            let piece = ByteBuffer(string: String(repeating: beginning, count: 100))
            // A quadratic search would compare 15 billion bytes.
            for _ in 0..<(limit / piece.readableBytes) { try parser.read(piece) { _ in Issue.record("a payload") } }
            #expect(parser.keptBytes <= limit)
        }
    }

    // MARK: Scripts

    @Test(arguments: [
        (#"io.j[7]("a\n\"b\" \u00e9");"#, "a\n\"b\" é"), (#"___eio[7]("");"#, ""), (#"io.JSONP[7]._("x\/y");"#, "x/y"),
        (#""\ud83d\ude00 \ud800""#, "😀 \u{FFFD}"),
    ])
    func `the payload of a script is its string`(script: String, payload: String) throws {
        #expect(try ScriptPayload.read(ByteBuffer(string: script)) == ByteBuffer(string: payload))
    }

    @Test func `a script's string can begin with a combining mark`() throws {
        let script = ByteBuffer(string: "io.j[7](\"\u{301}a\");")
        #expect(try ScriptPayload.read(script) == ByteBuffer(string: "\u{301}a"))
    }

    @Test(arguments: [Revision.engineIO4, .engineIO3, .socketIO09, .socketIO06])
    func `a client reads the scripts of our server`(revision: Revision) throws {
        for payload in Self.payloads {
            let script = revision.callback.call(7, with: ByteBuffer(string: payload))
            #expect(try ScriptPayload.read(script) == ByteBuffer(string: payload))
        }
    }

    @Test(arguments: ["", "f()", "\"", "f(\"a)", "f(\"a\", \"b\")", "f(\"\\\")", "f(\"a\nb\")"])
    func `a script without one string is refused`(script: String) {
        #expect(throws: WireError.self) { try ScriptPayload.read(ByteBuffer(string: script)) }
    }
}
