#if Configuration
/// How the values of a type are written in the sources.
public enum SettingKind: Sendable {
    /// A text, which may be any text.
    case text
    /// A text that is never printed or logged; it can also be the contents of a file.
    case secret
    /// `true` or `false`; an argument without a value means `true`.
    case flag
    /// A list: in files as a list, elsewhere with commas between the elements.
    case list
    /// A list of secrets.
    case secretList
    /// Something else, such as a number.
    case other

    var isSecret: Bool { self == .secret || self == .secretList }
    var isList: Bool { self == .list || self == .secretList }
}
#endif
