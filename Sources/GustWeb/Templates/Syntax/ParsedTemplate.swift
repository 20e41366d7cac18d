/// A template whose text has been read.
struct ParsedTemplate: Sendable {
    let source: TemplateSource
    let nodes: [TemplateNode]
    /// The calls of helpers, with their places.
    let calls: [(call: TemplateCall, place: TemplatePlace)]
    /// The names of partials and layouts, without those that are chosen by a value.
    let mentions: [(name: String, place: TemplatePlace)]

    /// Reads the text of a template.
    init(_ source: TemplateSource, functions: TemplateFunctions) throws(TemplateError) {
        var parser = TemplateParser(source, functions: functions)
        nodes = try parser.nodes()
        self.source = source
        calls = parser.calls
        mentions = parser.mentions
    }
}
