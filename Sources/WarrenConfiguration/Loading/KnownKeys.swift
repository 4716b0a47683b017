import WarrenHost

/// The names that a configuration may have: those of the keys, and of the files that hold a secret in place of a key.
enum KnownKeys {
    /// What a name stands for.
    enum Meaning: Sendable {
        case value(ConfigurationKey)
        /// The path of a file that holds the value.
        case file(ConfigurationKey)
    }

    private static let meanings: [String: Meaning] = {
        var meanings: [String: Meaning] = [:]
        for key in ConfigurationKey.all {
            meanings[key.name] = .value(key)
            if let file = key.fileName { meanings[file] = .file(key) }
        }
        return meanings
    }()

    private static let groups: Set<String> = Set(
        meanings.keys.flatMap { name in
            let parts = name.split(separator: ".")
            return (1..<max(1, parts.count)).map { parts.prefix($0).joined(separator: ".") }
        })

    /// All names, in the order of the alphabet.
    static let names: [String] = meanings.keys.sorted()

    /// The variables of the environment, each with its name.
    static let variables: [String: String] = {
        var variables: [String: String] = [:]
        for (name, meaning) in meanings {
            variables[ConfigurationKey.variable(of: name)] = name
            if case .value(let key) = meaning, let alias = key.alias { variables[alias] = name }
        }
        return variables
    }()

    static func find(_ name: String) -> Meaning? { meanings[name] }

    static func isGroup(_ name: String) -> Bool { groups.contains(name) }

    /// The words about a name that does not exist.
    static func unknown(_ name: String, isGroup: Bool = false) -> String {
        let printable = ConfigurationInput.text(name)
        let what = isGroup ? "there is no such group" : "there is no such key"
        if let nearest = NearestName.of(name, among: isGroup ? groups.sorted() : names) {
            return "\(printable): \(what). Did you mean \(nearest)?"
        }
        // Below a group that there is, its own keys are what was looked for.
        let group = name.split(separator: ".").first.map { String($0) } ?? ""
        if groups.contains(group) {
            let keys = names.filter { $0.hasPrefix(group + ".") }.joined(separator: ", ")
            return "\(printable): \(what); there are \(keys)."
        }
        return "\(printable): \(what). 'warren config keys' lists those that there are."
    }
}
