import GustWire

/// The targets by name; each has a folder of that name in `Fuzz/Corpus`.
enum FuzzTarget {
    static let all: [String: @Sendable (Input) -> Void] = [
        "packets-0.6": { PacketFuzzing.run(.socketIO06, $0) },
        "packets-0.9": { PacketFuzzing.run(.socketIO09, $0) },
        "packets-3": { PacketFuzzing.run(.engineIO3, $0) },
        "packets-4": { PacketFuzzing.run(.engineIO4, $0) },
        "payloads": { PayloadFuzzing.run($0) },
        "forms": { PayloadFuzzing.runForms($0) },
        "json": { JSONFuzzing.run($0) },
        "addresses": { AddressFuzzing.run($0) },
        "http-requests": { RequestFuzzing.run($0) },
        "rfc6455": { WebSocketFuzzing.runRFC6455($0) },
        "hixie": { WebSocketFuzzing.runHixie($0) },
        "handshakes": { HandshakeFuzzing.run($0) },
        "targets": { TargetFuzzing.run($0) },
        "routes": { RouteFuzzing.run($0) },
        "patterns": { PatternFuzzing.run($0) },
        "fields": { FieldFuzzing.run($0) },
    ]
}
