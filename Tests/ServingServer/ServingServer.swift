import Gust
import GustServing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server that the tests of GustServing start, restart and stop.
///
///     ServingServer [--tcp PORT] [--reuse PORT] [--unix PATH] [--inherited] [--window MILLISECONDS] [--ends-if FILE]
///
/// It prints `listening`, its process number and the ports on one line. If the file of `--ends-if` exists, it ends before it listens.
@main
struct ServingServer {
    static func main() async {
        do {
            try await serve()
        } catch {
            print("failed: \(error)")
            exit(1)
        }
    }

    private static func serve() async throws {
        var listeners: [Listener] = []
        var settings = ServingSettings()
        settings.drain = Drain(window: .milliseconds(500), deadline: .seconds(10))
        settings.restart = Restart(timeout: .seconds(20))
        settings.server.loops = 2
        var arguments = CommandLine.arguments.dropFirst()[...]
        while let argument = arguments.popFirst() {
            let value = argument == "--inherited" ? "" : arguments.popFirst() ?? ""
            switch argument {
            case "--tcp": listeners.append(.tcp("127.0.0.1", Int(value) ?? 0))
            case "--reuse": listeners.append(.tcp("127.0.0.1", Int(value) ?? 0, reusesPort: true))
            case "--unix": listeners.append(.unix(value, mode: 0o600))
            case "--inherited": listeners.append(.inherited)
            case "--window": settings.drain.window = .milliseconds(Int(value) ?? 0)
            case "--ends-if": if access(value, F_OK) == 0 { exit(3) }
            default: exit(2)
            }
        }
        settings.onListening = { addresses in
            print("listening \(getpid()) \(addresses.map { "\($0.port ?? 0)" }.joined(separator: " "))")
            fflush(nil)
        }
        settings.health = Health()
        var app = Application()
        app.get("/") { _ in "\(getpid())" }
        app.get("/descriptors") { _ in descriptors() }
        app.get("/variables") { _ in
            ["LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "NOTIFY_SOCKET"].filter { getenv($0) != nil }
                .joined(separator: " ")
        }
        app.get("/slow") { _ in
            try await Task.sleep(for: .milliseconds(300))
            return "\(getpid())"
        }
        app.webSocket("/ws") { _, _, _ in }
        try await app.run(on: listeners, settings)
    }

    /// What the open descriptors refer to, one a line.
    private static func descriptors() -> String {
        (0..<256).compactMap { descriptor -> String? in
            var bytes = [CChar](repeating: 0, count: 256)
            let count = readlink("/proc/self/fd/\(descriptor)", &bytes, bytes.count - 1)
            guard count > 0 else { return nil }
            return "\(descriptor) " + String(decoding: bytes[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }.joined(separator: "\n")
    }
}
