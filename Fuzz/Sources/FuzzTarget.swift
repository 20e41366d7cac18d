import GustWire

/// The targets by name; each has a folder of that name in `Fuzz/Corpus`.
struct FuzzTarget: Sendable {
    let run: @Sendable (Input) -> Void
    /// Whether it may hold only so much memory for each byte of its input.
    ///
    /// Patterns are the programmer's, and PCRE2 writes repeats out: `(a){64333}` may fill the 64 KiB that code can have.
    var isMetered = true

    static let all: [String: FuzzTarget] = [
        "packets-0.6": FuzzTarget { PacketFuzzing.run(.socketIO06, $0) },
        "packets-0.9": FuzzTarget { PacketFuzzing.run(.socketIO09, $0) },
        "packets-3": FuzzTarget { PacketFuzzing.run(.engineIO3, $0) },
        "packets-4": FuzzTarget { PacketFuzzing.run(.engineIO4, $0) },
        "payloads": FuzzTarget { PayloadFuzzing.run($0) },
        "forms": FuzzTarget { PayloadFuzzing.runForms($0) },
        "json": FuzzTarget { JSONFuzzing.run($0) },
        "addresses": FuzzTarget { AddressFuzzing.run($0) },
        "endpoints": FuzzTarget { EndpointFuzzing.run($0) },
        "http-requests": FuzzTarget { RequestFuzzing.run($0) },
        "rfc6455": FuzzTarget { WebSocketFuzzing.runRFC6455($0) },
        "hixie": FuzzTarget { WebSocketFuzzing.runHixie($0) },
        "handshakes": FuzzTarget { HandshakeFuzzing.run($0) },
        "targets": FuzzTarget { TargetFuzzing.run($0) },
        "routes": FuzzTarget { RouteFuzzing.run($0) },
        "patterns": FuzzTarget(run: { PatternFuzzing.run($0) }, isMetered: false),
        "fields": FuzzTarget { FieldFuzzing.run($0) },
        "multipart": FuzzTarget { MultipartFuzzing.run($0) },
    ]
}
