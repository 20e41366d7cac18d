#if Configuration
import GustConfiguration

/// The settings of an application in the tests.
struct DeskSettings: SettingsGroup {
    enum Theme: String, CaseIterable, SettingValue { case light, dark }

    @Setting("desk.title", "The name in the title of each page") var title = "Desk"
    @Setting("desk.pageSize", "How many tickets a page shows", in: 1...100) var pageSize = 20
    @Setting("desk.theme", "The colours of the pages") var theme = Theme.light
    @Setting("desk.isOpen", "Whether visitors can sign up") var isOpen = false
    @Setting("desk.patience", "How long a visitor waits for a search") var patience = Duration.seconds(2)
    @Setting("desk.upload", "The longest upload", in: ByteCount(1)...ByteCount.mebibytes(100))
    var upload = ByteCount.mebibytes(10)
    @Setting("desk.admins", "The names of the administrators") var admins: [String] = []
    @Setting("desk.mailKey", "The key of the mail service") var mailKey: Secret?
    @Setting("desk.quota", "The most tickets of a visitor") var quota: Int?
}
#endif
