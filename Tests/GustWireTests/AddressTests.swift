import GustWire
import NIOCore
import Testing

/// The revision, the transport and the sid that a request addresses.
struct AddressTests {
    /// The address in words, as read by the first revision that recognises it.
    private func words(_ target: String) -> String? {
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        var query: [String: String] = [:]
        for pair in parts.count > 1 ? parts[1].split(separator: "&") : [] {
            let sides = pair.split(separator: "=", maxSplits: 1).map(String.init)
            query[sides[0]] = query[sides[0]] ?? (sides.count > 1 ? sides[1] : "")
        }
        let request = AddressParts(path: String(parts[0])) { query[$0] }
        let taken = Revision.all.compactMap { $0.address(request) }
        #expect(taken.count <= 1, "more than one revision recognises \(target)")
        return taken.first.map { address in
            "\(address.revision) \(address.transport?.name ?? "none") \(address.sid ?? "new")"
                + (address.jsonpIndex.map { " script \($0)" } ?? "")
                + (address.revision.name > "1" && address.wantsBase64 ? " base64" : "")
                + (address.purpose == .transport ? "" : " \(address.purpose)")
        }
    }

    @Test(arguments: [
        ("/?EIO=4&transport=polling", "4 polling new"),
        ("?EIO=4&transport=websocket&sid=abc", "4 websocket abc"),
        ("/?EIO=4&transport=polling&sid=", "4 polling new"),
        ("/anything?EIO=4&transport=polling", "4 polling new"),
        ("/?EIO=4&transport=constructor", "4 none new"),
        ("/?EIO=4", "4 none new"),
        ("/?EIO=4&transport=polling&b64=1", "4 polling new base64"),
        ("/?EIO=4&transport=polling&b64=", "4 polling new"),
        ("/?EIO=3&transport=polling", "3 polling new"),
        ("/?transport=polling", "3 polling new"),
        ("/?EIO=abc&transport=polling", "3 polling new"),
        ("/?EIO=2&transport=websocket", "3 websocket new"),
        ("/?EIO=3&transport=polling&j=7&sid=a", "3 polling a script 7 base64"),
        ("/?EIO=3&transport=polling&j=alert(1)", "3 polling new script 1 base64"),
        ("/", "3 none new"),
        ("", "3 none new"),
        ("/1/?t=1290000000000", "0.9 none new handshake"),
        ("/1", "0.9 none new handshake"),
        ("/1/?jsonp=3", "0.9 none new script 3 handshake"),
        ("/1/?jsonp=alert", "0.9 none new handshake"),
        ("/1/websocket/abc", "0.9 websocket abc"),
        ("/1/xhr-polling/abc/?t=1", "0.9 xhr-polling abc"),
        ("/1/jsonp-polling/abc?t=1&i=4", "0.9 jsonp-polling abc script 4"),
        ("/1/jsonp-polling/abc?t=1&i=x", "0.9 jsonp-polling abc script 0"),
        ("/1/xhr-polling/abc/?disconnect=1", "0.9 xhr-polling abc disconnect"),
        ("/1//abc/?disconnect=1", "0.9 none abc disconnect"),
        ("/1/abc", "0.9 none abc disconnect"),
        ("/1/nonsense/abc", "0.9 none abc"),
        ("/2/", "0.9 none new unsupported"),
        ("/websocket", "0.6 websocket new"),
        ("/websocket/abc", "0.6 websocket abc"),
        ("/flashsocket", "0.6 flashsocket new"),
        ("/xhr-polling//1290000000000", "0.6 xhr-polling new"),
        ("/xhr-polling/abc/1290000000000", "0.6 xhr-polling abc"),
        ("/xhr-polling/abc/send", "0.6 xhr-polling abc"),
        ("/xhr-multipart/", "0.6 xhr-multipart new"),
        ("/xhr-multipart", "0.6 xhr-multipart new"),
        ("/htmlfile//1290000000000", "0.6 htmlfile new"),
        ("/jsonp-polling//1290000000000/3", "0.6 jsonp-polling new script 3"),
        ("/jsonp-polling/abc/1290000000000/3/", "0.6 jsonp-polling abc script 3"),
        ("/jsonp-polling/abc/1290000000000/alert(1)", "0.6 jsonp-polling abc script 0"),
        ("/jsonp-polling/abc/1/99999999999999999999999", "0.6 jsonp-polling abc script 999999999999999"),
        ("/socket.io.js", nil),
        ("/lib/vendor/web-socket-js/WebSocketMain.swf", nil),
        ("/xhr-pollingfoo/abc", nil),
        ("foo", nil),
        ("/1/a/b/c/d", nil),
        ("/1//", nil),
        ("/1x/websocket/abc", nil),
        ("/1/websocket//", "0.9 websocket new"),
        ("x/websocket", nil),
        ("/xhr-polling/abc/1/2/3", "0.6 xhr-polling abc"),
        ("/xhr-polling/abc/1/2/3/4", nil),
    ])
    func `a path and a query identify the revision`(target: String, expected: String?) {
        #expect(words(target) == expected)
    }

    @Test func `no request is recognised by two revisions`() {
        let paths = [
            "", "/", "/1", "/1/", "/1/websocket/a", "/1//a/", "/2/", "/websocket", "/xhr-polling//1", "/x",
            "/1/a/b/c/d",
        ]
        let queries = [
            "", "EIO=4", "EIO=3", "EIO=", "transport=polling", "EIO=4&transport=websocket", "sid=a", "disconnect",
        ]
        for path in paths {
            for query in queries { _ = words("\(path)?\(query)") }
        }
    }

    @Test(arguments: [
        (Refusal.unknownTransport, 400, #"{"code":0,"message":"Transport unknown"}"#),
        (
            .unknownSession, 400,
            #"{"code":1,"message":"Session ID unknown","hint":"\#(Refusal.causesOfUnknownSession)"}"#
        ),
        (.badHandshakeMethod, 400, #"{"code":2,"message":"Bad handshake method"}"#),
        (.badRequest, 400, #"{"code":3,"message":"Bad request"}"#),
        (.forbidden(""), 403, #"{"code":4,"message":"Forbidden"}"#),
        (.forbidden("say \"please\""), 403, #"{"code":4,"message":"say \"please\""}"#),
    ])
    func `refusals of Engine.IO are those of the reference server`(refusal: Refusal, status: Int, body: String) {
        for revision in [Revision.engineIO3, .engineIO4] {
            let answer = revision.refusal(refusal)
            #expect(answer.status == status)
            #expect(answer.contentType == "application/json")
            #expect(String(buffer: answer.body) == body)
        }
    }

    @Test(arguments: [
        (Refusal.unknownSession, 200, "7:::1+0"), (.forbidden("x"), 403, "handshake unauthorized"),
        (.unsupportedVersion, 500, "Protocol version not supported."),
        (.unknownTransport, 404, "transport not supported"), (.badHandshakeMethod, 405, "bad handshake method"),
        (.badRequest, 400, "bad request"),
    ])
    func `refusals of 0.9 are those of the reference server`(refusal: Refusal, status: Int, body: String) {
        let answer = Revision.socketIO09.refusal(refusal)
        #expect(answer.status == status)
        #expect(String(buffer: answer.body) == body)
        #expect(answer.isPayload == (refusal == .unknownSession))
    }

    @Test func `the refusal of a disabled revision 4 has a hint`() {
        let text =
            #"{"code":5,"message":"Unsupported protocol version","hint":"revision 4 (socket.io-client 3.x and 4.x) "#
            + #"is turned off on this server"}"#
        let answer = Revision.engineIO4.refusal(.unsupportedVersion)
        #expect(answer.status == 400)
        #expect(String(buffer: answer.body) == text)
    }

    @Test(arguments: [
        (Refusal.unknownSession, 404), (.unknownTransport, 404), (.badHandshakeMethod, 405), (.badRequest, 400),
        (.forbidden("x"), 403), (.unsupportedVersion, 404),
    ])
    func `no refusal of 0.6 has the status 200, whose body a client reads as a payload`(refusal: Refusal, status: Int) {
        #expect(Revision.socketIO06.refusal(refusal).status == status)
    }

    @Test func `the id of a socket follows the rule of its revision`() {
        #expect(Revision.engineIO4.socketIdentifiers.derived(from: "a", in: "/x") == nil)
        #expect(Revision.engineIO3.socketIdentifiers.derived(from: "a", in: "/") == "a")
        #expect(Revision.engineIO3.socketIdentifiers.derived(from: "a", in: "/x") == "/x#a")
        #expect(Revision.socketIO09.socketIdentifiers.derived(from: "a", in: "/x") == "a")
    }

    @Test func `each revision has a name, and only those of Engine.IO are integers`() {
        #expect(Revision.all.map(\.name) == ["4", "3", "0.9", "0.6"])
        #expect(Revision.all.map(\.engineIOVersion) == [4, 3, nil, nil])
    }
}
