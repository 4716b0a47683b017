import WarrenHost

/// The table of all keys, for people.
package enum KeyTable {
    /// The lines of the page "Configuration" around the table, which is made by `warren config keys --markdown`.
    package static let opening = "<!-- keys: printed by warren config keys --markdown -->"
    package static let closing = "<!-- end of keys -->"

    /// The table in Markdown.
    package static var markdown: String {
        var lines = ["| Key | Type | Default | Allowed | What it is |", "|---|---|---|---|---|"]
        for key in ConfigurationKey.all {
            lines.append(
                "| `\(key.name)` | \(key.type.title) | \(code(key)) | \(escaped(key.type.allowed)) | \(escaped(summary(key))) |"
            )
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The keys as lines for a terminal, a sentence below each name.
    package static var text: String {
        ConfigurationKey.all.map { key in
            """
            \(key.name) (\(key.variables.joined(separator: ", ")))
                \(summary(key).filter { $0 != "`" })
                \(key.type.title); \(key.type.allowed); default: \(key.standard)
            """
        }.joined(separator: "\n")
    }

    /// The sentence about a key, with what else can give its value.
    private static func summary(_ key: ConfigurationKey) -> String {
        var text = key.summary
        if let file = key.fileName { text += " From a file: `\(file)`." }
        if let alias = key.alias { text += " Also `\(alias)`." }
        return text
    }

    /// A default: code, if a configuration could say it, or else words.
    private static func code(_ key: ConfigurationKey) -> String {
        let isValue = key.value(HostConfiguration()).map { !$0.description.isEmpty } ?? false
        return isValue ? "`\(key.standard)`" : key.standard
    }

    private static func escaped(_ text: String) -> String {
        text.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|")
    }
}
