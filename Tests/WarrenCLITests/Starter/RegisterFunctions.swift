public import Warren

/// Gives every name of the contract its body.
public func registerFunctions(with registrar: some FunctionRegistrar) {
    registrar.register(Greetings.helloCities, body: helloCities)
    registrar.register(Greetings.sayHello, body: sayHello)
}

/// Decides, and does nothing itself. Kill the process between two cities: it goes on with the next one.
func helloCities(_ context: OrchestrationContext, _ cities: [String]) async throws -> [String] {
    var greetings: [String] = []
    for city in cities { greetings.append(try await context.call(Greetings.sayHello, city)) }
    return greetings
}

/// Acts: it may take its time, reach other services, and run again after a crash.
func sayHello(_ city: String) async throws -> String {
    "Hello \(city)!"
}
