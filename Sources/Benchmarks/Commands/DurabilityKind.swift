import ArgumentParser
import Warren

/// The place where the hub of a run keeps what it has acknowledged.
enum DurabilityKind: String, Sendable, CaseIterable, ExpressibleByArgument {
    case local
    case journal

    var durability: Durability {
        switch self {
        case .local: .local
        case .journal: .journal
        }
    }
}
