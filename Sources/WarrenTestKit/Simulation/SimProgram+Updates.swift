import Warren

extension SimProgram {
    static let updateName = "add"
    /// The update with a handler that calls an activity before it takes effect.
    static let slowUpdateName = "addLater"

    /// Takes updates until there are so many, and returns how many different ones they are.
    static func updates(_ count: Int, _ number: Int, _ context: OrchestrationContext) async throws -> Int {
        var taken: [String] = []
        context.accept(updateName) { (token: String) -> Int in
            taken.append(token)
            return taken.count
        }
        context.accept(slowUpdateName) { (token: String) -> Int in
            _ = try await context.call(activity, "\(number).\(token)")
            taken.append(token)
            return taken.count
        }
        try await context.wait { taken.count >= count }
        try await context.waitForUpdates()
        return Set(taken).count
    }
}
