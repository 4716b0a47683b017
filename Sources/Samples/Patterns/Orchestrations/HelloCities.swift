import Warren

/// Function chaining: greets one city after the other.
func helloCities(_ context: OrchestrationContext, _ cities: [String]?) async throws -> [String] {
    var greetings: [String] = []
    for city in cities ?? ["Tokyo", "Seattle", "London"] {
        greetings.append(try await context.call(Patterns.sayHello, city))
    }
    return greetings
}
