import TestSupport

extension Program {
    /// Runs the built `warren` to its end, with an environment of nothing but what is given.
    static func warren(_ arguments: [String], environment: [String: String] = [:]) async throws -> Program {
        try await run(product("warren"), arguments, environment: environment)
    }
}
