/// One value that can be configured from outside: its name, its type, and its place in a ``HostConfiguration``.
///
/// `ConfigurationKey.all` is the only place that lists them. The readers of files, environment and command line, the checks of
/// a host, the texts of errors, `warren config keys` and the page "Configuration" are all made from it.
package struct ConfigurationKey: Sendable {
    /// How much of a value is for everyone's eyes.
    package enum Confidentiality: Sendable { case everything, allButPassword, nothing }

    /// The name, which is the path in ``HostConfiguration``: `activities.concurrency`.
    package let name: String
    package let type: ConfigurationType
    /// What it is, in one sentence.
    package let summary: String
    /// What may be shown of a value.
    package let confidentiality: Confidentiality
    /// The default in words, for what has no value of its own: `none`, `all partitions`.
    package let absent: String
    /// An older or shorter name in the environment that counts, too.
    package let alias: String?
    /// The value in a host's configuration, or the default if its place is elsewhere; `nil` if it is not set.
    package let value: @Sendable (HostConfiguration) -> ConfigurationValue?
    /// Sets the value in a host's configuration, if it has its place there.
    package let set: @Sendable (inout HostConfiguration, ConfigurationValue) -> Void

    package init(
        _ name: String, _ type: ConfigurationType, _ summary: String,
        confidentiality: Confidentiality = .everything, absent: String = "none", alias: String? = nil,
        value: @escaping @Sendable (HostConfiguration) -> ConfigurationValue? = { _ in nil },
        set: @escaping @Sendable (inout HostConfiguration, ConfigurationValue) -> Void = { _, _ in }
    ) {
        self.name = name
        self.type = type
        self.summary = summary
        self.confidentiality = confidentiality
        self.absent = absent
        self.alias = alias
        self.value = value
        self.set = set
    }

    /// The variable of the environment: `WARREN_ACTIVITIES_CONCURRENCY`.
    package var variable: String { Self.variable(of: name) }

    /// The names in the environment, the usual one first.
    package var variables: [String] { [variable] + (alias.map { [$0] } ?? []) }

    /// The name of the key that names a file with the value, for values that nobody else should see; else `nil`.
    package var fileName: String? { confidentiality == .everything ? nil : name + "File" }

    /// Whether there is a value if nobody gives one.
    package var hasDefault: Bool { value(HostConfiguration()) != nil }

    /// The default as a configuration would give it, or in words if there is none.
    package var standard: String {
        guard let value = value(HostConfiguration()) else { return absent }
        let text = value.description
        return text.isEmpty ? "none" : text
    }

    /// The text of a value for everyone's eyes.
    package func shown(_ text: String) -> String {
        switch confidentiality {
        case .everything: text
        case .nothing: "***"
        case .allButPassword: Self.withoutPassword(text)
        }
    }

    /// The words about a value that is refused: the key, the value if it may be shown, what is allowed, the nearest good
    /// value.
    package func refusal(of input: ConfigurationInput, _ complaint: ConfigurationComplaint) -> String {
        let given = confidentiality == .everything ? "'\(input)'" : "the value"
        let nearest = confidentiality == .everything ? complaint.nearest : nil
        let end = complaint.reason.hasSuffix(".") ? "" : "."
        return "\(name): \(given) \(complaint.reason)\(end)"
            + (nearest.map { " The nearest good value is \($0)." } ?? "")
    }

    /// `activities.maximumDeliveries` is `WARREN_ACTIVITIES_MAXIMUM_DELIVERIES`, as swift-configuration has it.
    package static func variable(of name: String) -> String {
        var result = "WARREN_"
        var last: Character?
        for letter in name {
            if letter.isUppercase, last?.isLowercase == true { result += "_" }
            result += letter == "." ? "_" : letter.uppercased()
            last = letter
        }
        return result
    }

    /// The address of a broker with `***` in place of its password, if it has one.
    private static func withoutPassword(_ url: String) -> String {
        guard let scheme = url.firstRange(of: "://") else { return url.contains("@") ? "***" : url }
        let rest = url[scheme.upperBound...]
        let nodes = rest.prefix { $0 != "/" && $0 != "?" }
        guard let at = nodes.lastIndex(of: "@") else { return rest.contains("@") ? "***" : url }
        guard let colon = nodes[..<at].firstIndex(of: ":") else { return url }
        return "\(url[..<colon]):***\(url[at...])"
    }
}
