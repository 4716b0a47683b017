import Warren
import WarrenMessaging

extension HostConfiguration {
    /// Checks every value, and names the first one that is out of range together with the good ones.
    func validated() throws(HostError) -> TaskHubName {
        let names: TaskHubName
        do {
            names = try TaskHubName(hub)
        } catch {
            throw HostError(.configuration, "hub: \(error)", cause: error)
        }
        for key in ConfigurationKey.all {
            guard let value = key.value(self), let complaint = key.type.complaint(about: value) else { continue }
            throw HostError(.configuration, key.refusal(of: Self.plain(value), complaint))
        }
        guard !roles.isEmpty else {
            throw HostError(.configuration, "roles: name at least one of \(Role.names.joined(separator: ", ")).")
        }
        return names
    }

    /// Checks everything that can be checked without a broker and without files.
    package func check() throws(HostError) {
        _ = try validated()
        try checkDurability()
    }

    /// Checks that a host in production has what its durability needs. Tests replace broker and files by others.
    func checkDurability() throws(HostError) { try checkDurability(hasBroker: broker.url != nil) }

    /// Checks the same of a host that may have another transport than a configured broker.
    func checkDurability(hasBroker: Bool) throws(HostError) {
        guard storage.durability == .journal, roles.contains(.orchestrator) else { return }
        guard hasBroker else {
            throw HostError(
                .configuration,
                "storage.durability: a journal is kept on a broker, and none is configured. Set 'broker.url', or use the "
                    + "durability 'local'.")
        }
        guard storage.directory != nil else {
            throw HostError(
                .configuration,
                "storage.durability: a journal is applied to the files of a data directory, and none is configured. Set "
                    + "'storage.directory', or use the durability 'local'.")
        }
    }

    /// The value as the program gave it: a number of bytes stays a number.
    private static func plain(_ value: ConfigurationValue) -> ConfigurationInput {
        switch value {
        case .size(let bytes): .text("\(bytes)")
        case .list(let items): .list(items)
        default: .text(value.description)
        }
    }
}
