import TestSupport

extension HostFixture {
    /// Starts `dungeon serve`.
    func serve(_ arguments: String...) async throws -> HostProcess {
        try await HostProcess.start(
            Program.product("dungeon"), ["serve"] + hostArguments + ["--http-port", "0"] + arguments)
    }
}
