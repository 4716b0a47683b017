import ArgumentParser
import Warren
import WarrenClient
import WarrenMessaging

/// What a shell offers for an argument, as the hub's host tells it. Whatever goes wrong, nothing is offered.
enum Completions {
    /// The time that somebody who pressed a key may wait.
    private static let patience = Duration.seconds(2)
    private static let mostInstances = 50

    /// The names of the orchestrations that hosts run.
    static var orchestrations: CompletionKind {
        .custom { words, _, prefix in
            let names = await ask(words) { try await $0.orchestrations() }
            return (names ?? []).filter { $0.hasPrefix(prefix) }
        }
    }

    /// The IDs of the newest instances that begin as the word does.
    static var instances: CompletionKind {
        .custom { words, _, prefix in
            let query = InstanceQuery(idPrefix: prefix.isEmpty ? nil : prefix, limit: mostInstances)
            return await ask(words) { try await $0.list(query).instances.map(\.instanceID) } ?? []
        }
    }

    /// Asks the hub that the words before name, if a host runs: otherwise the question would wait in the hub.
    private static func ask(
        _ words: [String], _ question: @escaping @Sendable (TaskHubClient) async throws -> [String]
    ) async -> [String]? {
        var configuration = ConfigurationOptions()
        configuration.config = value(of: "--config", in: words)
        let place = try? ConnectionOptions.Place(
            broker: value(of: "--broker", in: words), hub: value(of: "--hub", in: words), configuration)
        guard let place else { return nil }
        return try? await withDeadline(patience, clock: ContinuousClock()) {
            ClientError(.timedOut, "Nobody waits longer for a completion.")
        } _: {
            try await TaskHubProvisioning.connected(
                broker: place.broker, hub: place.hub, logger: ConnectionOptions.quietLogger
            ) { provisioning in
                guard try await provisioning.hasHost() else { return [] }
                let client = try await TaskHubClient(
                    hub: place.hub, transport: provisioning.transport, timeout: patience,
                    logger: ConnectionOptions.quietLogger)
                let answer = try await question(client)
                await client.close()
                return answer
            }
        }
    }

    private static func value(of option: String, in words: [String]) -> String? {
        for (index, word) in words.enumerated() {
            if word == option { return words.indices.contains(index + 1) ? words[index + 1] : nil }
            if word.hasPrefix(option + "=") { return String(word.dropFirst(option.count + 1)) }
        }
        return nil
    }
}
