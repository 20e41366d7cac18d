import GustWire

/// A fuzz target; each target has a folder in `Fuzz/Corpus` with its name.
struct FuzzTarget: Sendable {
    let run: @Sendable (Input) -> Void
    /// Whether the memory of a run is bounded for each byte of its input.
    ///
    /// It isn't for targets that compare with Foundation, and for patterns, which are written by programmers: PCRE2 expands repetitions, so that `(a){64333}` can
    /// fill the 64 KiB of its code.
    var isMetered = true

    static let all: [String: FuzzTarget] = [
        "packets-0.6": FuzzTarget { PacketFuzzing.run(.socketIO06, $0) },
        "packets-0.9": FuzzTarget { PacketFuzzing.run(.socketIO09, $0) },
        "packets-3": FuzzTarget { PacketFuzzing.run(.engineIO3, $0) },
        "packets-4": FuzzTarget { PacketFuzzing.run(.engineIO4, $0) },
        "packets-messagepack": FuzzTarget { MessagePackFuzzing.run($0) },
        "payloads": FuzzTarget { PayloadFuzzing.run($0) },
        "forms": FuzzTarget { PayloadFuzzing.runForms($0) },
        "greetings": FuzzTarget { GreetingFuzzing.run($0) },
        "streams": FuzzTarget { StreamFuzzing.run($0) },
        "json": FuzzTarget { JSONFuzzing.run($0) },
        // Foundation's memory would be counted too.
        "json-values": FuzzTarget(run: { JSONValueFuzzing.run($0) }, isMetered: false),
        "addresses": FuzzTarget { AddressFuzzing.run($0) },
        "endpoints": FuzzTarget { EndpointFuzzing.run($0) },
        "http-requests": FuzzTarget { RequestFuzzing.run($0) },
        "http-responses": FuzzTarget { ResponseFuzzing.run($0) },
        "rfc6455": FuzzTarget { WebSocketFuzzing.runRFC6455($0) },
        "hixie": FuzzTarget { WebSocketFuzzing.runHixie($0) },
        "handshakes": FuzzTarget { HandshakeFuzzing.run($0) },
        "targets": FuzzTarget { TargetFuzzing.run($0) },
        "routes": FuzzTarget { RouteFuzzing.run($0) },
        "patterns": FuzzTarget(run: { PatternFuzzing.run($0) }, isMetered: false),
        "proxy-headers": FuzzTarget { ProxyHeaderFuzzing.run($0) },
        "fields": FuzzTarget { FieldFuzzing.run($0) },
        "multipart": FuzzTarget { MultipartFuzzing.run($0) },
        // The memory of a client and of its server is more than that of its input.
        "clients": FuzzTarget(run: { ClientFuzzing.run($0) }, isMetered: false),
        "redis": FuzzTarget { RedisFuzzing.run($0) },
    ]
}
