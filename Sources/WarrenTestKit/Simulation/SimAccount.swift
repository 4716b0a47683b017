import Warren

/// The accounts between which programs transfer money: entities. Whatever goes wrong, no money comes or goes.
enum SimAccount {
    private static let entity = Entity<Int>("account")
    private static let add = entity.operation("add", Int.self, returning: Int.self)
    private static let note = entity.operation("note")

    static func register(with functions: FunctionRegistry) {
        functions.register(add) { balance, amount, _ in
            balance += amount
            return balance
        }
        functions.register(note) { _, _ in }
    }

    /// Transfers an amount while both accounts are locked.
    static func transfer(_ amount: Int, from: String, to: String, _ context: OrchestrationContext) async throws {
        try context.signal(note, on: from)
        try await context.withLock(on: entity[from], entity[to]) {
            let before = try await context.call(add, -amount, on: from)
            let after = try await context.call(add, 0, on: from)
            guard before == after else { throw Interference() }
            _ = try await context.call(add, amount, on: to)
        }
    }

    /// Thrown if a balance changes although its account is locked.
    struct Interference: Error {}

    /// The balances that programs lead to, by account.
    static func balances(after programs: some Sequence<[SimOp]>) -> [String: Int] {
        var balances: [String: Int] = [:]
        for case .transfer(let from, let to, let amount) in programs.joined() {
            balances[from, default: 0] -= amount
            balances[to, default: 0] += amount
        }
        return balances
    }
}
