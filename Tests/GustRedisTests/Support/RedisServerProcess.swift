#if Redis
import Foundation
import GustRedis
import Logging
import NIOCore
import NIOPosix

/// A `redis-server` of Debian on a free loopback port, without persistence, in a folder of its own; it ends with this object.
///
/// `@unchecked Sendable`: only the test uses it, one call after the other; `process` isn't shared.
final class RedisServerProcess: @unchecked Sendable {
    /// The server couldn't be started.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    let port: Int
    /// A folder for files of the server, for example its Unix socket.
    let folder: String

    private let options: [String]
    private var process: pid_t = 0

    /// Starts a server, and waits until it answers.
    ///
    /// - Parameter options: Further options; `PORT` and `FOLDER` are replaced. With the option `--tls-port`, the server has no plain port.
    /// - Throws: An error if the program can't be started.
    init(_ options: [String] = []) async throws {
        let port = try await Self.freePort()
        let folder = NSTemporaryDirectory() + "gust-redis-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.port = port
        self.folder = folder
        self.options = options.map {
            $0.replacingOccurrences(of: "PORT", with: String(port)).replacingOccurrences(of: "FOLDER", with: folder)
        }
        try start()
        // A refusal, for example of a missing password, is an answer too.
        let client = client()
        let events = EventLog(client)
        client.start()
        await events.next {
            switch $0 {
            case .connected: true
            case .refused(_, .unreachable): false
            case .refused: true
            default: false
            }
        }
        await client.close()
    }

    /// A free port that the system doesn't give to connections, so that it stays free while the server is stopped.
    private static func freePort() async throws -> Int {
        while true {
            let port = Int.random(in: 10_000..<32_000)
            do {
                let free = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                    .bind(host: "127.0.0.1", port: port).get()
                try await free.close()
                return port
            } catch let error as IOError where error.errnoCode == EADDRINUSE {
                continue
            }
        }
    }

    deinit {
        if process != 0 { stop() }
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// The settings for this server.
    var settings: RedisSettings { RedisSettings(.host("127.0.0.1", port: port)) }

    /// A client of this server, without log.
    func client(
        on eventLoop: (any EventLoop)? = nil,
        _ edit: (inout RedisSettings) -> Void = { _ in }
    ) -> RedisClient {
        var settings = settings
        edit(&settings)
        return RedisClient(
            settings,
            eventLoop: eventLoop,
            logger: Logger(label: "redis") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    /// Starts the server again on the same port, after ``stop()``.
    func start() throws {
        let ports = options.contains("--tls-port") ? [] : ["--port", String(port)]
        let arguments =
            ["/usr/bin/redis-server"] + ports + [
                "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--logfile", "log",
            ]
            + options
        // Foundation's `Process` reads behind the end of a buffer if the process has many files open, as tests in parallel have.
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let code = posix_spawn(&process, arguments[0], nil, nil, &pointers, environ)
        guard code == 0 else { throw Failure(description: "redis-server can't be started: error \(code)") }
    }

    /// Ends the server at once, as a crash does.
    func stop() {
        kill(process, SIGKILL)
        waitpid(process, nil, 0)
        process = 0
    }

    /// Removes the folder, so that the server can't write files.
    func removeFolder() { try? FileManager.default.removeItem(atPath: folder) }

    /// Stops the process without ending it.
    func pause() { kill(process, SIGSTOP) }

    /// Lets the process go on.
    func resume() { kill(process, SIGCONT) }
}
#endif
