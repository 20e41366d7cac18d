/// A part of a parsed template.
indirect enum TemplateNode: Sendable {
    /// Text; `startsLine` if it begins a line of the template's file.
    case text(String, startsLine: Bool)
    /// The beginning of a line that begins with a tag.
    case lineStart
    /// `{{name}}`, or unescaped `{{{name}}}` and `{{&name}}`.
    case value(TemplateExpression, isEscaped: Bool)
    /// `{{#name}}…{{/name}}`, or inverted `{{^name}}…{{/name}}`.
    case section(TemplateExpression, [TemplateNode], isInverted: Bool)
    /// `{{>name}}` or `{{<name}}…{{/name}}`.
    case partial(TemplatePartial)
    /// `{{$name}}…{{/name}}` outside of a parent: its own text, or what replaces it.
    case block(TemplateBlock)
}

/// A tag for another template: a partial, or a parent with the blocks that are replaced in it.
struct TemplatePartial: Sendable {
    /// The choice of the template.
    enum Name: Sendable {
        case fixed(String)
        /// `{{>*name}}`: the name is a value.
        case chosen(TemplateExpression)
    }

    let name: Name
    /// The text before each line, if the tag is alone on its line.
    let indentation: String
    let blocks: [String: TemplateBlock]  // bytes: names in our own templates
    let place: TemplatePlace
}

/// A named block: a definition in a parent's tag, or the place where it is inserted.
struct TemplateBlock: Sendable {
    let name: String
    let nodes: [TemplateNode]
    /// The blanks before the tag on its line, which are put before each line of a definition that replaces it.
    let indentation: String
    /// Whether the opening tag is alone on its line.
    let isAlone: Bool
    let place: TemplatePlace
}
