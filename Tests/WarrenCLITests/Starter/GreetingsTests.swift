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
