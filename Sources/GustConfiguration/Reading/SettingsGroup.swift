#if Configuration
/// Settings of an application: a struct whose properties are settings, or further groups.
///
/// ```swift
/// struct DeskSettings: SettingsGroup {
///     var gust = GustSettings()
///     @Setting("desk.title", "The name in the title of each page") var title = "Desk"
/// }
///
/// let settings = try DeskSettings.load()
/// ```
///
/// ``load(_:)`` reads all properties at once. The initialiser alone makes the defaults, for tests.
public protocol SettingsGroup: Sendable {
    /// Makes the defaults; inside of ``load(_:)``, the values of the sources.
    init()

    /// Checks values that depend on each other; each text names the keys and the mistake, such as "tls.key is missing beside tls.certificate".
    ///
    /// It is called by ``load(_:)`` if all single values are right, also for groups inside of this one.
    /// - Returns: The mistakes, without secrets; empty if there are none.
    func mistakes() -> [String]
}

extension SettingsGroup {
    /// No mistakes.
    public func mistakes() -> [String] { [] }

    /// The mistakes of this group and the groups in its properties.
    func allMistakes() -> [String] {
        let inner = Mirror(reflecting: self).children.flatMap { child in
            (child.value as? any SettingsGroup)?.allMistakes() ?? []
        }
        return mistakes() + inner
    }
}
#endif
