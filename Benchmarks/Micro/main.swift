import Gust
import GustRouting
import GustWire
import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

// Micro benchmarks: the cost of routing one request and of one packet, without I/O. Prints nanoseconds; has no limits.

func measure(_ name: String, count: Int = 200_000, _ body: () -> Void) {
    for _ in 0..<(count / 10) { body() }
    let clock = ContinuousClock()
    let rounds = (0..<5).map { _ in
        clock.measure { for _ in 0..<count { body() } }
    }
    let best = rounds.min() ?? .zero
    let nanoseconds = Double(best.components.attoseconds) / 1e9 + Double(best.components.seconds) * 1e9
    let label = name.padding(to: 52)
    print("\(label) \(Int(nanoseconds / Double(count))) ns")
}

extension String {
    func padding(to length: Int) -> String { self + String(repeating: " ", count: max(0, length - count)) }
}

// `MicroBenchmarks --middleware NAME COUNT`, see `answerThroughMiddleware`.
if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "--middleware" {
    try answerThroughMiddleware(CommandLine.arguments[2], count: Int(CommandLine.arguments[3]) ?? 0)
    exit(0)
}

for count in [1, 100, 1_000] {
    var routes = Routes()
    for number in 0..<count { routes.get(#"/r\#(number)/users/(?P<id>\d+)"#) { request in request.captures["id"] } }
    let router = try routes.build()
    let path = "/r\(count - 1)/users/42"
    measure("route match, last of \(count) regular expressions") {
        precondition(router.match(path, scanning: false) != nil)
    }
}

try measureRouting()
try measurePolling()
try measureJSON()
try measureEvents()

let text = ByteBuffer(string: #"42["message","\#(String(repeating: "x", count: 64))"]"#)
var codec = Revision.engineIO4.makeCodec(.socketIO, PayloadLimits())
let encoder = codec
var packets: [Packet] = []
do {
    try codec.decode(.text(text)) { packets.append($0) }
} catch {
    print("the benchmark's packet can't be decoded: \(error)")
}
measure("decode an event with 64 bytes") {
    do { try codec.decode(.text(text)) { _ in } } catch { print(error) }
}
var scratch = ByteBuffer()
measure("encode an event with 64 bytes") {
    scratch.clear()
    for packet in packets { encoder.encode(packet, into: &scratch) }
}
