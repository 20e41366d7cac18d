import ArgumentParser
import Gust

/// The chat room: one server for pages, files and sockets, on embedded defaults.
@main
struct Chatroom: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "A chat room for browsers and scripts.")

    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 picks a free one.") var port = 8888

    func run() async throws {
        let app = try ChatApplication.make()
        var configuration = HTTPServer.Configuration(host: host, port: port)
        configuration.onListening = { [host] address in
            print("The chat room is open: http://\(host):\(address.port ?? 0)/")
            flushOutput()
        }
        try await app.run(configuration)
    }
}
