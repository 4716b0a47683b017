/// How much a console line matters.
public enum ConsoleLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case debug, info, warning, error
}
