/// The sources of a starter package, as they are written. `Tests/WarrenCLITests/Starter` has the same files, so that they are
/// compiled and run with the tests.
enum StarterSources {
    static let contract = #"""
        public import Warren

        /// The contract: names and types, shared by all programs that start, run or call these.
        public enum Greetings {
            /// Greets each city, one after the other.
            public static let helloCities = Orchestration<[String], [String]>("HelloCities")
            /// Greets one city.
            public static let sayHello = Activity<String, String>("SayHello")
        }

        """#

    static let functions = #"""
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

        """#

    static let tests = #"""
        import Functions
        import Testing
        import Warren
        import WarrenClient
        import WarrenTestKit

        @Suite("Greetings", .timeLimit(.minutes(1)))
        struct GreetingsTests {
            @Test("Every city is greeted, in order, also when each step is a replay", arguments: [false, true])
            func greetings(replaying: Bool) async throws {
                var options = TestHubOptions()
                options.replaysEveryEpisode = replaying
                try await withTaskHub(options) { hub in
                    registerFunctions(with: hub)
                    let instance = try await hub.client.start(Greetings.helloCities, ["Tokyo", "Seattle"])
                    #expect(try await hub.result(of: instance) == ["Hello Tokyo!", "Hello Seattle!"])
                }
            }
        }

        """#
}
