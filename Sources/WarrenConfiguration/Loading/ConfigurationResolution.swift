package import WarrenHost

/// The values that count, of all that the sources say, and what is wrong with the sources.
package struct ConfigurationResolution: Sendable {
    /// The values that were given, by key. What is not among them has its default.
    package private(set) var settings: [String: ConfigurationSetting] = [:]
    package private(set) var problems: [ConfigurationProblem] = []
    /// What is not wrong, and should be known.
    package private(set) var warnings: [String] = []

    /// Reads the sources, from the weakest to the strongest.
    ///
    /// 1. The program's defaults. 2. The file. 3. The environment. 4. The command line. 5. What several of them make together.
    package init(_ sources: ConfigurationSources) {
        // 1
        let program = ConfigurationOrigin(.program, "the program")
        var entries = sources.defaults.sorted { $0.key < $1.key }.map {
            ConfigurationEntry(name: $0.key, input: .text($0.value), origin: program)
        }
        // 2
        let named = sources.environment["WARREN_CONFIG"].flatMap { $0.isEmpty ? nil : $0 }
        var isFileOpen = false
        if let file = sources.file ?? named {
            let content = ConfigurationFile(file)
            entries += content.entries
            problems += content.problems
            isFileOpen = content.isReadableByAll
        }
        // 3
        let environment = EnvironmentLayer(sources.environment)
        entries += environment.entries
        problems += environment.problems
        warnings += environment.warnings
        // 4
        entries += sources.arguments.map {
            ConfigurationEntry(name: $0.key, input: .text($0.value), origin: ConfigurationOrigin(.arguments, $0.option))
        }
        // 5
        for entry in entries { take(entry) }
        preferLoginOfStrongerAddress()
        refuseHalfOfTLS()
        warnAboutOpenSecrets(isFileOpen)
        leaveOutTheRest()
    }

    /// The values of all keys, in the order in which they are listed; `nil` for a default.
    package var all: [(key: ConfigurationKey, setting: ConfigurationSetting?)] {
        ConfigurationKey.all.map { ($0, settings[$0.name]) }
    }

    /// The configuration of a host that the values make, which is not checked as a whole. For programs that only look up where
    /// the hub is.
    ///
    /// - Throws: ``ConfigurationError`` if something is wrong with the sources.
    package func host() throws(ConfigurationError) -> HostConfiguration {
        try check()
        var host = HostConfiguration()
        for setting in settings.values { setting.key.set(&host, setting.value) }
        return host
    }

    /// How the HTTP API is served, for programs that run no host.
    ///
    /// - Throws: ``ConfigurationError`` if something is wrong with the sources.
    package func http() throws(ConfigurationError) -> LoadedConfiguration.HTTP {
        try check()
        return LoadedConfiguration.HTTP(self)
    }

    private func check() throws(ConfigurationError) {
        guard problems.isEmpty else { throw ConfigurationError(problems) }
    }

    private mutating func take(_ entry: ConfigurationEntry) {
        switch KnownKeys.find(entry.name) {
        case nil: report(entry, KnownKeys.unknown(entry.name))
        case .value(let key): take(entry.input, for: key, entry)
        case .file(let key):
            guard case .text(let path) = entry.input else {
                return report(entry, "\(entry.name): it is the path of one file.")
            }
            do throws(BoundedFile.Failure) {
                let (secret, isReadableByAll) = try SecretFile.read(path)
                if isReadableByAll {
                    warnings.append(
                        "\(entry.origin): every user of this machine can read '\(path)'. Take the right to read it from others: "
                            + "chmod o-r.")
                }
                take(.text(secret), for: key, entry)
            } catch {
                report(entry, "\(entry.name): '\(ConfigurationInput.text(path))': \(error.reason).")
            }
        }
    }

    private mutating func take(_ input: ConfigurationInput, for key: ConfigurationKey, _ entry: ConfigurationEntry) {
        do throws(ConfigurationComplaint) {
            let value = try key.type.read(input)
            if let other = settings[key.name], other.origin.layer == entry.origin.layer, other.entry != entry.name {
                report(entry, "\(entry.name): \(other.origin) has \(other.entry) already; give one of the two.")
            }
            settings[key.name] = ConfigurationSetting(
                key: key, entry: entry.name, input: input, value: value, origin: entry.origin)
        } catch {
            report(entry, key.refusal(of: input, error))
        }
    }

    private mutating func report(_ entry: ConfigurationEntry, _ message: String) {
        problems.append(ConfigurationProblem(entry.origin.description, message))
    }

    /// Keeps the problems to a number that people read: a file of another kind would have one in every line.
    private mutating func leaveOutTheRest() {
        let most = ConfigurationFile.problemLimit
        guard problems.count > most else { return }
        let rest = problems.count - most
        problems = problems.prefix(most) + [ConfigurationProblem(nil, "\(rest) more are left out.")]
    }

    /// Drops a user and a password that come from a weaker place than an address that has its own. A password belongs to its
    /// user: one of a weaker place stays if the address has a user alone.
    private mutating func preferLoginOfStrongerAddress() {
        guard let url = settings["broker.url"], case .text(let address) = url.value else { return }
        let nodes = address.drop { $0 != "/" }.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        guard let at = nodes.lastIndex(of: "@") else { return }
        let names = nodes[..<at].contains(":") ? ["broker.username", "broker.password"] : ["broker.username"]
        for name in names {
            if let setting = settings[name], setting.origin.layer < url.origin.layer { settings[name] = nil }
        }
    }

    /// Refuses a certificate without its key, and a key without its certificate.
    private mutating func refuseHalfOfTLS() {
        let names = ["http.tlsCertificate", "http.tlsKey"]
        let given = names.compactMap { settings[$0] }
        guard given.count == 1, let half = given.first, let other = names.first(where: { $0 != half.key.name }) else {
            return
        }
        problems.append(
            ConfigurationProblem(
                half.origin.description, "\(half.key.name): there is no \(other); the two go together."))
    }

    private mutating func warnAboutOpenSecrets(_ isFileOpen: Bool) {
        for (key, setting) in all {
            guard let setting, setting.entry == key.name, key.confidentiality != .everything else { continue }
            let isSecret = key.shown(setting.value.description) != setting.value.description
            guard isSecret, let file = key.fileName else { continue }
            if setting.origin.layer == .file, isFileOpen {
                warnings.append(
                    "\(setting.origin): \(key.name) holds a secret, and every user of this machine can read the file. Take the "
                        + "right to read it from others (chmod o-r), or use \(file).")
            } else if setting.origin.layer == .arguments, key.confidentiality == .nothing {
                warnings.append(
                    "\(setting.origin): every user of this machine can see the command line. Use \(file) for the secret."
                )
            }
        }
    }
}
