import ArgumentParser

/// Something that happens to a host.
enum FailoverKind: String, Sendable, CaseIterable, ExpressibleByArgument {
    case kill, move, frozen, cold
}
