import Warren

/// The shortest chain: two calls, one after the other.
func sayHelloTwice(_ context: OrchestrationContext) async throws -> [String] {
    let seattle = try await context.call(Patterns.sayHello, "Seattle")
    let amsterdam = try await context.call(Patterns.sayHello, "Amsterdam")
    return [seattle, amsterdam]
}
