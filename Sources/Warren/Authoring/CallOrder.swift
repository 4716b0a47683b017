import WarrenSupport

/// The place of a call among those that wait for a permit of the same activity.
///
/// It has an effect on activities with limits (``ActivityLimits``) only: without a limit no call waits for another one.
/// A call that does not state its priority or key has that of its instance: the tags ``priorityTag`` and ``fairnessTag``,
/// which sub-orchestrations inherit.
public struct CallOrder: Sendable, Hashable {
    /// The priority, from 0 to 9; the highest goes first. `nil` for that of the instance, or 4.
    public var priority: Int?
    /// The key, for example a customer's ID: calls of the same priority take turns by their keys, so that a hundred
    /// thousand calls of one key do not hold up ten of another. `nil` for that of the instance, or none; calls without a
    /// key take turns with the others as if they had the same one. At most 128 bytes, without control characters.
    public var fairnessKey: String?

    /// A place; without values, that of the instance.
    public init(priority: Int? = nil, fairnessKey: String? = nil) {
        self.priority = priority
        self.fairnessKey = fairnessKey
    }

    /// The tag of an instance with the priority of its calls.
    public static let priorityTag = "priority"
    /// The tag of an instance with the fairness key of its calls.
    public static let fairnessTag = "fairness-key"

    /// The priority of a call that states none, of an instance that states none.
    package static let usualPriority = 4
    /// The priorities that there are.
    package static let priorities = 0...9
    private static let longestKey = 128

    /// The place of a call of an instance with these tags. Tags are free texts: one that cannot be used counts as none.
    package func resolved(_ tags: [String: String]) -> (priority: Int, fairnessKey: String) {
        let tagged = tags.isEmpty ? nil : tags[Self.priorityTag].flatMap { Int($0) }
        let key = fairnessKey ?? (tags.isEmpty ? nil : tags[Self.fairnessTag])
        return (
            (priority ?? tagged).map { min(max($0, Self.priorities.lowerBound), Self.priorities.upperBound) }
                ?? Self.usualPriority,
            key.map { Self.problem(fairnessKey: $0) == nil ? $0 : "" } ?? ""
        )
    }

    var isEmpty: Bool { priority == nil && fairnessKey == nil }

    static func problem(fairnessKey key: String) -> String? {
        guard key.utf8.count <= longestKey else {
            return "The fairness key has \(key.utf8.count) bytes; \(longestKey) are allowed."
        }
        return NameRules.hasControlCharacter(key) ? "The fairness key has a control character." : nil
    }

    func validate(file: StaticString, line: UInt) throws {
        if let priority, !Self.priorities.contains(priority) {
            throw WarrenError(
                .invalidOrder, "The priority is \(priority); it has to be from 0 to 9.", file: file, line: line)
        }
        if let problem = fairnessKey.flatMap(Self.problem(fairnessKey:)) {
            throw WarrenError(.invalidOrder, problem, file: file, line: line)
        }
    }
}
