#if HTTP
import TestSupport

extension Program {
    /// Runs the built `dungeon` to its end.
    static func dungeon(_ arguments: [String], input: String = "") async throws -> Program {
        try await run(product("dungeon"), arguments, input: input)
    }
}
#endif
