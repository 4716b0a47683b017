import Warren

extension SimProgram {
    static let updateName = "add"

    /// Takes updates until there are so many, and returns how many different ones they are.
    static func updates(_ count: Int, _ context: OrchestrationContext) async throws -> Int {
        var taken: [String] = []
        context.accept(updateName) { (token: String) -> Int in
            taken.append(token)
            return taken.count
        }
        try await context.wait { taken.count >= count }
        return Set(taken).count
    }
}
