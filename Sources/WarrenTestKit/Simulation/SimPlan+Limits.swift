extension SimPlan {
    /// Gives the calls of all programs time limits, which may run out, or cancels them if they take too long.
    package mutating func limitCalls() {
        for index in roots.indices { roots[index].ops = Self.limited(roots[index].ops, salt: seed) }
    }

    private static func limited(_ ops: [SimOp], salt: UInt64) -> [SimOp] {
        ops.enumerated().map { index, op in
            let time = 1 + Int((salt &* 37 &+ UInt64(index) * 11) % 200)
            return switch op {
            case .call: index.isMultiple(of: 2) ? .limited(milliseconds: time) : .canceled(milliseconds: time)
            case .fan: .limited(milliseconds: 20 * time)
            case .child(let ops): .child(limited(ops, salt: salt &+ 1))
            case .start(let id, let ops): .start(id: id, limited(ops, salt: salt &+ 2))
            default: op
            }
        }
    }
}
