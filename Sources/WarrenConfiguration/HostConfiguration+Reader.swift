public import Configuration
public import WarrenHost

extension HostConfiguration {
    /// Reads a host's configuration from any providers of swift-configuration, for programs that have their own.
    ///
    /// Keys are those of the page "Configuration", `activities.concurrency`; what no provider has keeps its default. Texts,
    /// numbers, flags and lists are taken as the provider has them. A reader cannot tell which keys its providers have besides, so
    /// misspelt ones are found only by ``LoadedConfiguration``.
    ///
    /// - Throws: ``ConfigurationError`` for values that are out of range or cannot be read, all of them.
    public init(from reader: ConfigReader) throws(ConfigurationError) {
        self.init()
        var problems: [ConfigurationProblem] = []
        for key in ConfigurationKey.all {
            do throws(ConfigurationComplaint) {
                guard let input = try Self.input(of: key, from: reader) else { continue }
                do throws(ConfigurationComplaint) {
                    key.set(&self, try key.type.read(input))
                } catch {
                    problems.append(ConfigurationProblem(nil, key.refusal(of: input, error)))
                }
            } catch {
                problems.append(ConfigurationProblem(nil, "\(key.fileName ?? key.name): \(error.reason)."))
            }
        }
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    /// The value of a key, or the content of the file that stands for it.
    private static func input(
        of key: ConfigurationKey, from reader: ConfigReader
    ) throws(ConfigurationComplaint) -> ConfigurationInput? {
        if let input = input(named: key.name, isSecret: key.confidentiality != .everything, from: reader) {
            return input
        }
        guard let name = key.fileName, case .text(let path) = input(named: name, isSecret: false, from: reader) else {
            return nil
        }
        do throws(BoundedFile.Failure) {
            return .text(try SecretFile.read(path).secret)
        } catch {
            throw ConfigurationComplaint("'\(ConfigurationInput.text(path))': \(error.reason)")
        }
    }

    /// A provider gives a value in its own type alone, so each type that a value may have is asked for.
    private static func input(named name: String, isSecret: Bool, from reader: ConfigReader) -> ConfigurationInput? {
        let key = ConfigKey(name.split(separator: ".").map { String($0) })
        if let text = reader.string(forKey: key, isSecret: isSecret) { return .text(text) }
        if let number = reader.int(forKey: key, isSecret: isSecret) { return .text("\(number)") }
        if let flag = reader.bool(forKey: key, isSecret: isSecret) { return .text("\(flag)") }
        if let number = reader.double(forKey: key, isSecret: isSecret) { return .text("\(number)") }
        if let items = reader.stringArray(forKey: key, isSecret: isSecret) { return .list(items) }
        return nil
    }
}
