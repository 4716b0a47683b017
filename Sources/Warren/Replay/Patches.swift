/// The patches of one execution: those that the code has asked about, and those that its history has.
///
/// A patch belongs to the episode in which the code first asked about it. On replay the patches of an episode are known
/// before its code runs, as its actions are.
struct Patches {
    /// The answers so far, by name. The first one holds for the rest of the execution.
    private(set) var answers: [String: Bool] = [:]
    /// The patches of the history up to the end of the episode that is replayed, by name: whether they are deprecated.
    private var recorded: [String: Bool] = [:]
    /// The patches of that episode which the code has not asked about yet, in order.
    private var expected: [String] = []

    /// Notes the patches of the next episode to be replayed.
    mutating func record(_ episode: some Sequence<HistoryEvent>) {
        expected = []
        for case .patchMarked(let name, let isDeprecated) in episode {
            recorded[name] = isDeprecated
            expected.append(name)
        }
    }

    /// Whether the patch holds, as the history has it.
    mutating func replay(_ name: String) -> Bool {
        expected.removeAll { $0 == name }
        return recorded[name] != nil
    }

    mutating func answer(_ name: String, _ holds: Bool) {
        answers[name] = holds
    }

    /// The first patch of the replayed episode that the code had to ask about and did not.
    var missing: String? { expected.first { recorded[$0] == false } }
}
