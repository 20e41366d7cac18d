#if Configuration
import Gust
import GustConfiguration
import GustServing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The server of `ConfiguredServerTests`: an application that is run with its settings.
@main
struct ConfiguredServer {
    struct Settings: SettingsGroup {
        var gust = GustSettings()
        @Setting("desk.title", "The name in the title of each page") var title = "Desk"
        @Setting("desk.mailKey", "The key of the mail service") var mailKey: Secret?
    }

    static func main() async {
        await Application.main {
            var settings = try Settings.load()
            settings.gust.logging.bootstrap()
            settings.gust.http.serving.onListening = { addresses in
                print("listening \(addresses.first?.port ?? 0)")
                // Output to a pipe is buffered, and the parent process waits for this line.
                fflush(nil)
            }
            let title = settings.title
            var app = Application()
            app.use(try settings.gust.sessions.middleware())
            app.get("/") { _ in title }
            try await app.run(settings.gust)
        }
    }
}
#else
/// The server needs the trait Configuration.
@main
struct ConfiguredServer {
    static func main() {}
}
#endif
