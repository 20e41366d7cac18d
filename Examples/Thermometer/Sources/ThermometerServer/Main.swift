import Gust

/// `ThermometerServer [PORT]`.
@main enum ThermometerServer {
    static func main() async {
        await Application.main {
            let port = CommandLine.arguments.dropFirst().first.flatMap { Int($0) }
            try await House().application().run(port: port)
        }
    }
}
