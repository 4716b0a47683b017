import WarrenSupport

/// The identity of an entity: its name and its key.
///
/// An entity is addressed like an instance, by the ID `@<name>@<key>`. Names compare without regard to case and are
/// written in lower case; keys compare exactly, and may be empty.
public struct EntityID: Sendable, Hashable, CustomStringConvertible {
    /// The name, in lower case.
    public let name: String
    /// The key.
    public let key: String

    /// An identity. It is checked where it is used; see ``problem``.
    public init(name: String, key: String) {
        self.name = name.lowercased()
        self.key = key
    }

    /// Reads the ID of an entity, `@<name>@<key>`; `nil` for any other ID.
    public init?(instanceID: String) {
        guard instanceID.utf8.first == UInt8(ascii: "@") else { return nil }
        let rest = instanceID.dropFirst()
        guard let separator = rest.firstIndex(of: "@") else { return nil }
        self.init(name: String(rest[..<separator]), key: String(rest[rest.index(after: separator)...]))
        guard problem == nil, self.instanceID.isExactly(instanceID) else { return nil }
    }

    /// The ID under which the entity is addressed: `@<name>@<key>`.
    public var instanceID: String { "@\(name)@\(key)" }

    /// The fault of the identity; `nil` if it has none. The name follows the rule for functions; the key has no control
    /// characters and none of `/ \ # ? *`; the whole ID has 128 bytes at the most.
    public var problem: String? {
        if let problem = NameRules.problem(name: name) { return problem }
        guard !NameRules.hasControlCharacter(key), !NameRules.hasPathCharacter(key) else {
            return "The key '\(key)' of entity '\(name)' has a control character or one of / \\ # ? *."
        }
        guard instanceID.utf8.count <= 128 else {
            return "The ID of entity '\(name)' has \(instanceID.utf8.count) bytes; 128 are allowed for name and key."
        }
        return nil
    }

    /// Whether an instance ID is in the space of IDs that belongs to entities: no orchestration has one that begins so.
    package static func isEntity(_ instanceID: String) -> Bool { instanceID.utf8.first == UInt8(ascii: "@") }

    /// The instance ID.
    public var description: String { instanceID }

    /// Compares the bytes of name and key.
    public static func == (left: EntityID, right: EntityID) -> Bool {
        left.name.isExactly(right.name) && left.key.isExactly(right.key)
    }

    /// Hashes the bytes of name and key.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ExactText(name))
        hasher.combine(ExactText(key))
    }
}
