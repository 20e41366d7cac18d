import Foundation
import Gust

await Application.main {
    // `gust serve` chooses host and port by itself.
    let environment = ProcessInfo.processInfo.environment
    try await site(secret: environment["SECRET"])
        .run(host: environment["HOST"] ?? "127.0.0.1", port: environment["PORT"].flatMap { Int($0) } ?? 8080)
}
