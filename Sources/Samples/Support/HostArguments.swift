import ArgumentParser
import Logging
import Warren
import WarrenHost

/// `--roles`: names separated by commas.
struct RolesArgument: ExpressibleByArgument {
    let roles: Set<HostConfiguration.Role>

    static let `default` = RolesArgument(roles: [.orchestrator, .activity])

    init(roles: Set<HostConfiguration.Role>) {
        self.roles = roles
    }

    init?(argument: String) {
        let names = argument.split(separator: ",").map { String($0) }
        let roles = names.compactMap { HostConfiguration.Role($0) }
        guard !roles.isEmpty, roles.count == names.count else { return nil }
        self.roles = Set(roles)
    }

    var defaultValueDescription: String { roles.map(\.description).sorted(by: >).joined(separator: ",") }
}

/// `--durability`
struct DurabilityArgument: ExpressibleByArgument {
    let durability: Durability

    static let local = DurabilityArgument(durability: .local)

    init(durability: Durability) {
        self.durability = durability
    }

    init?(argument: String) {
        guard let durability = Durability(argument) else { return nil }
        self.durability = durability
    }

    static var allValueStrings: [String] { Durability.names }

    var defaultValueDescription: String { durability.description }
}

/// `--log-level`
enum LevelArgument: String, ExpressibleByArgument, CaseIterable {
    case trace, debug, info, notice, warning, error, critical

    var level: Logger.Level { Logger.Level(rawValue: rawValue) ?? .notice }
}
