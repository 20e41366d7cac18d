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

// The server of `ConfiguredServerTests`: an application that is run with its settings.

struct ServerSettings: SettingsGroup {
    var gust = GustSettings()
    @Setting("desk.title", "The name in the title of each page") var title = "Desk"
    @Setting("desk.mailKey", "The key of the mail service") var mailKey: Secret?
}

await Application.main {
    var settings = try ServerSettings.load()
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
#endif
