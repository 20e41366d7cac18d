import Foundation

/// Checks of the machine on which an application is developed or served.
struct MachineCheck {
    private let port: Int
    private let report: (Finding) -> Void

    init(port: Int, _ report: @escaping (Finding) -> Void) {
        self.port = port
        self.report = report
    }

    func run() {
        report(Self.toolchain(Self.output(["swift", "--version"])))
        for (library, package) in [("zlib", "zlib1g-dev"), ("libpcre2-8", "libpcre2-dev"), ("libcrypto", "libssl-dev")]
        {
            #if !os(Linux)
            if library.utf8.elementsEqual("libcrypto".utf8) { continue }
            #endif
            report(Self.library(library, package, Self.output(["pkg-config", "--modversion", library])))
        }
        var limit = rlimit()
        #if canImport(Glibc)
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #else
        getrlimit(RLIMIT_NOFILE, &limit)
        #endif
        report(Self.descriptors(UInt64(limit.rlim_cur)))
        if let text = try? String(contentsOfFile: "/proc/sys/net/core/somaxconn", encoding: .utf8),
            let backlog = Int(text.trimmingCharacters(in: .whitespacesAndNewlines))
        {
            report(Self.backlog(backlog))
        }
        do {
            close(try ListeningSocket(host: "127.0.0.1", port: port).descriptor)
            report(.ok("port \(port) is free"))
        } catch {
            report(
                .warning(
                    "\(error)",
                    "end the other program, or listen elsewhere: `gust serve --port 0` picks a free port"
                )
            )
        }
        report(Self.clock(Date(), made: Self.timeOfThisProgram))
    }

    static func toolchain(_ text: String?) -> Finding {
        let advice = "install Swift 6.2 or later: https://www.swift.org/install"
        guard let text, let (_, behind) = Array(text.utf8)[...].parted(at: Array("Swift version ".utf8)) else {
            return .failure("there is no Swift toolchain in PATH", advice)
        }
        let version = String(
            decoding: behind.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") },
            as: UTF8.self
        )
        let numbers = version.utf8.split(separator: UInt8(ascii: ".")).map { piece in
            Int(String(decoding: piece.prefix { (0x30...0x39).contains($0) }, as: UTF8.self)) ?? 0
        }
        guard numbers.lexicographicallyPrecedes([6, 2]) else { return .ok("Swift \(version)") }
        return .failure("Swift \(version) is too old for Gust", advice)
    }

    static func library(_ name: String, _ package: String, _ version: String?) -> Finding {
        guard let version, !version.isEmpty else {
            return .failure(
                "the C library \(name) isn't found by pkg-config",
                "apt-get install pkg-config \(package) (Homebrew: brew install pkgconf zlib pcre2)"
            )
        }
        return .ok("\(name) \(version)")
    }

    static func descriptors(_ limit: UInt64) -> Finding {
        guard limit < 4_096 else { return .ok("\(limit) descriptors for each process") }
        return .warning(
            "a process may have only \(limit) descriptors, and each connection needs one",
            "`ulimit -n 65536` before the server, `LimitNOFILE=65536` in the unit of systemd, `--ulimit nofile=65536` for a container"
        )
    }

    static func backlog(_ length: Int) -> Finding {
        guard length < 1_024 else { return .ok("\(length) connections may wait to be accepted (somaxconn)") }
        return .warning(
            "only \(length) connections may wait to be accepted (somaxconn): in a rush, the others are lost",
            "sysctl -w net.core.somaxconn=4096"
        )
    }

    static func clock(_ now: Date, made: Date?) -> Finding {
        guard let made, now < made - 60 else { return .ok("the clock says \(now)") }
        return .failure(
            "the clock says \(now), which is before this program was made",
            "set the clock, by NTP: certificates and sessions depend on it"
        )
    }

    private static var timeOfThisProgram: Date? {
        guard let path = Bundle.main.executablePath else { return nil }
        return (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }

    /// What a program prints; nil if it isn't there or fails.
    private static func output(_ arguments: [String]) -> String? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = arguments
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return nil }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return process.terminationStatus == 0 ? text.trimmingCharacters(in: .whitespacesAndNewlines) : nil
    }
}
