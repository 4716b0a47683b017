import WarrenHost

/// The part of the environment that configures: the variables that begin with `WARREN_`.
struct EnvironmentLayer {
    private(set) var entries: [ConfigurationEntry] = []
    private(set) var problems: [ConfigurationProblem] = []
    private(set) var warnings: [String] = []

    private static let prefix = "WARREN_"

    /// Sorts the variables. An empty one counts as one that is not set, as compose files make them.
    init(_ environment: [String: String]) {
        for (name, value) in environment.sorted(by: { $0.key < $1.key })
        where name.hasPrefix(Self.prefix) && !value.isEmpty {
            if let key = KnownKeys.variables[name], !OtherVariables.isOfService(name, value) {
                entries.append(
                    ConfigurationEntry(name: key, input: .text(value), origin: ConfigurationOrigin(.environment, name)))
            } else if !OtherVariables.isKnown(name, value) {
                judge(name)
            }
        }
        refuseTwice()
    }

    /// Refuses a variable that was probably meant to be one of ours, and warns about any other.
    private mutating func judge(_ name: String) {
        let words = String(name.dropFirst(Self.prefix.count))
        let known = KnownKeys.variables.keys.map { String($0.dropFirst(Self.prefix.count)) }.sorted()
        let group = words.split(separator: "_").first.map { $0.lowercased() } ?? ""
        if let nearest = NearestName.of(words, among: known) {
            problems.append(
                ConfigurationProblem(name, "there is no such variable. Did you mean \(Self.prefix)\(nearest)?"))
        } else if KnownKeys.isGroup(group) {
            let keys = known.filter { $0.hasPrefix(group.uppercased() + "_") }.map { Self.prefix + $0 }
            problems.append(
                ConfigurationProblem(name, "there is no such variable; there are \(keys.joined(separator: ", "))."))
        } else {
            warnings.append("\(ConfigurationInput.text(name)): there is no such variable, and it has no effect.")
        }
    }

    /// Refuses two variables for one key that say different things.
    private mutating func refuseTwice() {
        var first: [String: ConfigurationEntry] = [:]
        for entry in entries {
            guard let other = first.updateValue(entry, forKey: entry.name), other.input != entry.input else { continue }
            problems.append(
                ConfigurationProblem(
                    entry.origin.description, "\(other.origin.description) says otherwise; set one of the two."))
        }
    }
}
