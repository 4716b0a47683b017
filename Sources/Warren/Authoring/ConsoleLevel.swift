/// The severity of a console line.
public enum ConsoleLevel: String, Sendable, Hashable, Codable, CaseIterable {
    case debug, info, warning, error
}
