import Gust
import GustConfiguration
import GustSessions

/// The settings of the desk: `Desk --help` lists them.
struct DeskSettings: SettingsGroup {
    var gust = GustSettings()

    @Setting("desk.data", "The directory of the database and of the uploaded files") var data = "data"
}

@main
enum Main {
    static func main() async {
        await Application.main {
            let settings = try DeskSettings.load()
            settings.gust.logging.bootstrap()
            let desk = try Desk(data: settings.data, keys: settings.gust.sessions.keys())
            try await desk.application().run(settings.gust)
        }
    }
}
