import WarrenHost

/// The places from which a configuration comes. Earlier ones count more: the command line, the environment, a file, the
/// program's own defaults, and at last the defaults that the page "Configuration" lists.
public struct ConfigurationSources: Sendable {
    /// A value that the command line gave.
    public struct Argument: Sendable {
        /// The key: `activities.concurrency`.
        public var key: String
        /// The value, as text.
        public var value: String
        /// The option that gave it, for messages: `--hub`.
        public var option: String

        /// Makes an argument; the option is `--set` unless the program has one of its own for the key.
        public init(_ key: String, _ value: String, option: String? = nil) {
            self.key = key
            self.value = value
            self.option = option ?? "--set \(key)"
        }
    }

    /// The values of the command line.
    public var arguments: [Argument]
    /// The environment, of which the variables that begin with `WARREN_` count.
    public var environment: [String: String]
    /// The path of a file in YAML or JSON. `nil` for the one that the variable `WARREN_CONFIG` names, if it names one.
    public var file: String?
    /// Values, by key, for what nobody else has set: the name of the program's hub, for example.
    public var defaults: [String: String]

    /// Makes sources of the parts that there are.
    public init(
        arguments: [Argument] = [], environment: [String: String] = [:], file: String? = nil,
        defaults: [String: String] = [:]
    ) {
        self.arguments = arguments
        self.environment = environment
        self.file = file
        self.defaults = defaults
    }

    /// Takes `--config FILE` and any number of `--set KEY=VALUE` from a command line, and leaves other arguments to the
    /// program.
    ///
    /// - Throws: ``ConfigurationError`` for an option without its value.
    public mutating func read(arguments words: [String]) throws(ConfigurationError) {
        var rest = words[...]
        while let word = rest.popFirst(), word != "--" {
            for option in ["--config", "--set"] {
                let value: String?
                if word == option {
                    value = rest.popFirst()
                } else if word.hasPrefix("\(option)=") {
                    value = String(word.dropFirst(option.count + 1))
                } else {
                    continue
                }
                guard let value, !value.isEmpty else {
                    throw ConfigurationError([ConfigurationProblem(option, "its value is missing.")])
                }
                if option == "--config" { file = value } else { arguments.append(try Self.setting(value)) }
            }
        }
    }

    /// Reads the value of an option `--set`, `KEY=VALUE`.
    ///
    /// - Throws: ``ConfigurationError`` for a text without `=`.
    public static func setting(_ text: String) throws(ConfigurationError) -> Argument {
        guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
            throw ConfigurationError([
                ConfigurationProblem(
                    "--set", "a key, '=' and a value are expected, for example --set activities.concurrency=64.")
            ])
        }
        return Argument(String(text[..<equals]), String(text[text.index(after: equals)...]))
    }
}
