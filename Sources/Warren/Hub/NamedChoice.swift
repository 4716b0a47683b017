/// One of several values of a setting, each with the name by which configuration files and command lines spell it. A later
/// version may have more of them.
///
/// A conforming type is a structure with a static property for each value: programs that `switch` over it have a `default`,
/// and still compile when a value is added.
///
/// ```swift
/// let durability = Durability("journal")      // nil for a text that is no name
/// print(Durability.names)                     // ["local", "journal"]
/// ```
public protocol NamedChoice: Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// The value's name.
    var name: String { get }
}

extension NamedChoice {
    /// The value with a name; `nil` for a text that is none of ``names``.
    public init?(_ name: String) {
        guard let choice = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = choice
    }

    /// The names of all values.
    public static var names: [String] { allCases.map(\.name) }

    /// The value's name.
    public var description: String { name }
}
