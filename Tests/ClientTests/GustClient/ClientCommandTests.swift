import Foundation
import GustTesting
import GustWire
import Testing

/// The command `gust-client`, as it was built, against EchoServer.
@Suite(.serialized, .timeLimit(.minutes(2)), .echoServer) struct ClientCommandTests {
    private func run(_ arguments: String..., input: String = "") async throws -> CommandRun {
        try await CommandRun(try Script.product("gust-client"), arguments, input: input)
    }

    private var url: String { "http://127.0.0.1:\(EchoServerPort.current)" }

    // MARK: Talking

    @Test(arguments: ClientProfile.withEvents)
    func `call shows the acknowledgement`(profile: ClientProfile) async throws {
        let name = profile.revision.name
        let result = try await run(
            "call",
            url,
            "message-with-ack",
            "hello",
            "20",
            #"{"a":[1,"ü"]}"#,
            "--revision",
            name,
            "--transport",
            profile.transport.rawValue
        )
        #expect(result.output == "\"hello\" 20 {\"a\":[1,\"ü\"]}\n")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains("connected: / as "))
    }

    @Test(arguments: ClientProfile.all.filter { !$0.revision.hasEvents })
    func `a revision without events sends messages`(profile: ClientProfile) async throws {
        let result = try await run(
            "talk",
            url,
            "--revision",
            profile.revision.name,
            "--transport",
            profile.transport.rawValue,
            "--trace",
            input: ": hello\n"
        )
        #expect(result.errors.contains("~m~5~m~hello"), "\(result.errors)")
        #expect(result.status == 0)
    }

    @Test func `call in a revision without acknowledgements says so`() async throws {
        let result = try await run("call", url, "message-with-ack", "x", "--revision", "0.6")
        #expect(result.status == 2)
        #expect(result.errors.contains("the revision has no acknowledgements"), "\(result.errors)")
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `emit sends the event before the program ends`(transport: String) async throws {
        let result = try await run("emit", url, "bcast-others", "hello", "--transport", transport, "--trace")
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.errors.contains(#"→ 42["bcast-others","hello"]   EVENT bcast-others of /"#), "\(result.errors)")
        #expect(result.output == "")
    }

    @Test(arguments: ["polling", "websocket", "upgrade"])
    func `listen shows events, also one that is sent together with the answer to CONNECT`(
        transport: String
    ) async throws {
        let result = try await run(
            "listen",
            url,
            "--transport",
            transport,
            "--auth",
            #"{"token":"ü"}"#,
            "--for",
            "0.3"
        )
        #expect(result.output == "auth {\"token\":\"ü\"}\n")
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `lines of the input are events, calls and messages`() async throws {
        let lines = """
            ?message-with-ack 1 "two words" [1, {"a": "b c"}] three

            ?info extra
            ?message-with-ack
            : a message
            ?message-with-ack end
            """
        let result = try await run("talk", url, "--transport", "websocket", input: lines + "\n")
        let output = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(output.contains(#"1 "two words" [1, {"a": "b c"}] "three""#), "\(output)")
        #expect(output.contains { $0.contains(#""transport":"websocket""#) })
        #expect(output.contains(#"text("a message")"#) || output.contains(#"message "a message""#), "\(output)")
        #expect(output.contains(#""end""#))
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `a file is sent as bytes`() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "gust-\(UUID())")
        try Data([0, 1, 255]).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let result = try await run("call", url, "message-with-ack", "@\(file.path())", "--trace")
        #expect(result.output == "<3 bytes>\n")
        #expect(result.errors.contains("→ <3 bytes>"))
        #expect(result.status == 0, "\(result.errors)")
    }

    @Test func `the trace shows each packet with its meaning`() async throws {
        let result = try await run(
            "call",
            url + "/custom",
            "message-with-ack",
            "1",
            "--trace",
            "--transport",
            "polling"
        )
        for expected in [
            "polling ← 0{", "   OPEN", "polling → 40/custom,   CONNECT /custom", "polling ← 40/custom,{",
            "   CONNECT /custom",
            #"polling → 42/custom,0["message-with-ack",1]   EVENT message-with-ack of /custom, acknowledge 0"#,
            "polling ← 43/custom,0[1]   ACK 0 of /custom", "polling → 41/custom,   DISCONNECT /custom",
        ] {
            #expect(result.errors.contains(expected), "\(expected) isn't in:\n\(result.errors)")
        }
        #expect(result.output == "1\n")
    }

    @Test func `the trace shows the upgrade`() async throws {
        let result = try await run("listen", url, "--trace", "--for", "1")
        for expected in [
            "websocket → 2probe   PING (probe)", "websocket ← 3probe   PONG (probe)", "websocket → 5   UPGRADE",
        ] {
            #expect(result.errors.contains(expected), "\(expected) isn't in:\n\(result.errors)")
        }
    }

    @Test func `header fields, parameters and the payload of CONNECT reach the server`() async throws {
        let result = try await run("call", url + "/guarded", "get-auth", "--auth", #"{"token":"secret","n":1}"#)
        #expect(result.output == "{\"token\":\"secret\",\"n\":1}\n")
        let byQuery = try await run(
            "call",
            url + "/guarded",
            "message-with-ack",
            "1",
            "--query",
            "token=secret",
            "--header",
            "X-Y: z"
        )
        #expect(byQuery.output == "1\n", "\(byQuery.errors)")
    }

    // MARK: Failures

    @Test func `a refused namespace shows the server's message`() async throws {
        let result = try await run("listen", url + "/guarded", "--for", "1")
        #expect(result.status == 1)
        #expect(result.errors == "the server refused the namespace: not authorized\n")
        #expect(result.output == "")
    }

    @Test func `an event without acknowledgement ends the call with status 2`() async throws {
        let result = try await run("call", url, "nobody-listens", "--timeout", "0.3", "--transport", "websocket")
        #expect(result.status == 2)
        #expect(result.errors.contains("the server didn't acknowledge the event in time"), "\(result.errors)")
    }

    @Test(arguments: ["--once", "--timeout=0.5"])
    func `a server that doesn't listen is an error with the reason`(option: String) async throws {
        // Nobody listens on port 1 of this machine.
        let result = try await run("call", "http://127.0.0.1:1", "x", option)
        #expect(result.status == 1)
        #expect(result.errors.contains("127.0.0.1:1: nobody listens there\n"), "\(result.errors)")
        #expect(!result.errors.contains("NIO"), "\(result.errors)")
    }

    @Test func `an unknown host is an error that names it`() async throws {
        let result = try await run("call", "http://host.invalid", "x", "--once")
        #expect(result.status == 1)
        #expect(result.errors.contains("host.invalid"), "\(result.errors)")
    }

    @Test func `a server that isn't one of Socket.IO is an error with its status`() async throws {
        let result = try await run("call", url, "x", "--path", "/wrong", "--once")
        #expect(result.status == 1)
        #expect(result.errors.contains("the server refused the connection with status 404"), "\(result.errors)")
    }

    @Test(arguments: [
        (["listen"], "Missing expected argument '<url>'"),
        (["listen", "localhost"], "the scheme is missing"),
        (["listen", "ftp://localhost"], "the scheme isn't"),
        (["listen", "http://x", "--revision", "7"], "the revision is 4, 3, 0.9 or 0.6"),
        (["listen", "http://x", "--transport", "carrier-pigeon"], "the transport of revision 4 is one of polling"),
        (["listen", "http://x", "--header", "no colon"], "a header field is 'Name: value'"),
        (["listen", "http://x", "--query", "novalue"], "a parameter is name=value"),
        (["listen", "http://x", "--auth", "{"], "JSON"),
        (["listen", "http://x", "--timeout", "0"], "the timeout is a number of seconds"),
        (["listen", "http://x", "--timeout", "nan"], "the timeout is a number of seconds"),
        (["listen", "http://x", "--for", "1e300"], "--for"),
        (["listen", "http://x", "--for", "-1"], "--for"),
        (["listen", "http://x", "--proxy", "ftp://y"], "only proxies with an http URL"),
        (["emit", "http://x", "connect"], "reserved"),
        (["call", "http://x", "disconnect"], "reserved"),
        (["call", "http://x", "y", "@/nowhere/at/all"], "the file /nowhere/at/all can't be read"),
        (["listen", "http://x", "--ca", "/nowhere/at/all"], "/nowhere/at/all"),
    ])
    func `wrong arguments are refused before anything is connected`(
        arguments: [String],
        text: String
    ) async throws {
        let result = try await CommandRun(try Script.product("gust-client"), arguments)
        #expect(result.status == 64 || result.status == 1, "\(result.status)")
        #expect(result.errors.contains(text), "\(result.errors)")
        #expect(result.output == "")
    }
}
