#if Configuration
public import GustHTTP
public import GustSessions

#if SQLite
import GustSQLite
#endif

/// The settings of the sessions: `sessions`.
///
/// ```swift
/// app.use(try settings.gust.sessions.middleware())
/// ```
public struct SessionSettings: SettingsGroup {
    /// Where sessions are kept.
    public enum Place: String, CaseIterable, SettingValue {
        /// In memory, until the process ends.
        case memory
        /// In an encrypted cookie, so that the server keeps nothing.
        case cookie
        #if SQLite
        /// In the SQLite database ``SessionSettings/file``.
        case sqlite
        #endif
    }

    /// The secret of at least 32 bytes that signs cookies.
    @Setting(
        "sessions.secret",
        "The secret of at least 32 bytes that signs cookies; without it, sessions end with the process",
        expecting: {
            $0.map { $0.value.utf8.count >= SigningKeys.minimumLength } ?? true ? nil : "a secret of at least 32 bytes"
        }
    )
    public var secret: Secret?
    /// Secrets with their versions, `2:…`, in place of ``secret``: the highest version signs, all versions verify.
    @Setting(
        "sessions.secrets",
        "Secrets with versions, such as 2:NEW,1:OLD, in place of sessions.secret: the highest signs, all verify",
        expecting: {
            Self.keys($0) != nil ? nil : "secrets of at least 32 bytes, each behind its version, such as 2:NEW,1:OLD"
        }
    )
    public var secrets: [Secret] = []
    /// Where sessions are kept.
    @Setting("sessions.store", "Where sessions are kept") public var store = Place.memory
    #if SQLite
    /// The path of the database.
    @Setting("sessions.file", "The path of the database for sessions.store=sqlite") public var file: String?
    #endif
    /// The name of the cookie.
    @Setting(
        "sessions.cookie",
        "The name of the cookie; with TLS everywhere, __Host-session",
        expecting: { $0.isToken ? nil : "a name of letters, digits, - and _" }
    )
    public var cookie = "session"
    /// The lifetime of a session since its last use.
    @Setting("sessions.lifetime", "The lifetime of a session since its last use", expecting: Self.positive)
    public var lifetime = Duration.seconds(1_209_600)
    /// The lifetime since the last use, if the visitor chose to stay signed in.
    @Setting(
        "sessions.rememberedLifetime",
        "The lifetime since the last use, if the visitor chose to stay signed in",
        expecting: Self.positive
    )
    public var rememberedLifetime = Duration.seconds(5_184_000)
    /// The greatest lifetime since the beginning; nil for no limit.
    @Setting("sessions.absoluteLifetime", "The greatest lifetime of a session since the sign-in")
    public var absoluteLifetime: Duration?

    /// The keys if there is no secret: the same for all that these settings make.
    private let random = SigningKeys.random()

    /// Makes the defaults.
    public init() {}

    /// The keys that sign and encrypt cookies and other values; random keys if there is no secret.
    ///
    /// - Throws: An error if a secret is too short.
    public func keys() throws -> SigningKeys {
        if let secret { return try SigningKeys(secret.value) }
        guard !secrets.isEmpty, let keys = Self.keys(secrets) else { return random }
        return keys
    }

    /// The middleware that gives each browser a session.
    ///
    /// - Throws: An error if a secret is too short, or if the database can't be opened.
    public func middleware() throws -> any Middleware {
        let cookie = Cookie(cookie, "")
        guard store != .cookie else {
            return try CookieSessions(
                keys: keys(),
                lifetime: lifetime,
                rememberedLifetime: rememberedLifetime,
                absoluteLifetime: absoluteLifetime,
                cookie: cookie
            )
        }
        return try Sessions(
            keys: keys(),
            store: makeStore(),
            lifetime: lifetime,
            rememberedLifetime: rememberedLifetime,
            absoluteLifetime: absoluteLifetime,
            cookie: cookie
        )
    }

    /// Secrets and places that don't fit.
    public func mistakes() -> [String] {
        var mistakes: [String] = []
        let hasSecret = secret != nil || !secrets.isEmpty
        if secret != nil, !secrets.isEmpty {
            mistakes.append("sessions.secret and sessions.secrets are both set")
        }
        if store != .memory, !hasSecret {
            mistakes.append("sessions.secret is missing: sessions.store=\(store.rawValue) outlives the process")
        }
        #if SQLite
        if store == .sqlite, file == nil {
            mistakes.append("sessions.file is missing: sessions.store=sqlite needs the path of a database")
        }
        #endif
        return mistakes
    }

    private func makeStore() throws -> (any SessionStore)? {
        #if SQLite
        if store == .sqlite, let file { return try SQLiteSessionStore(path: file) }
        #endif
        return nil
    }

    /// The keys of secrets behind their versions; nil if one of them is malformed or too short.
    private static func keys(_ secrets: [Secret]) -> SigningKeys? {
        var texts: [Int: String] = [:]
        for secret in secrets {
            guard let (version, text) = secret.value[...].parted(at: UInt8(ascii: ":")),
                let version = Int(settingText: String(version)),
                texts.updateValue(String(text), forKey: version) == nil
            else { return nil }
        }
        return texts.isEmpty ? .random() : try? SigningKeys(texts)
    }

    private static func positive(_ duration: Duration) -> String? {
        duration > .zero ? nil : "a duration of more than 0s"
    }
}
#endif
