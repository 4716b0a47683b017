#if HTTP
import Foundation
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Dungeon

/// A whole dungeon inside the test: hub, database and HTTP routes, in virtual time.
struct DungeonGame: Sendable {
    /// The two ways to the game.
    enum Way: Sendable, CaseIterable { case http, message }

    /// The two worlds of the game.
    enum World: Sendable, CaseIterable { case activities, entities }

    let hub: TestHub
    let client: TaskHubClient
    /// Of the world of activities; the other one leaves it empty.
    let store: GameStore
    let board: any GameBoard
    let http: RouteClient
    let console: ConsoleRecorder

    static func run(
        _ world: World = .activities, times: GameTimes = GameTimes(), options: TestHubOptions = TestHubOptions(),
        _ body: @escaping @Sendable (DungeonGame) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dungeon-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await withTaskHub(options) { hub in
            let store = try GameStore(directory: folder.path)
            switch world {
            case .activities:
                registerOrchestrations(with: hub, times: times)
                registerActivities(with: hub, GameActivities(store: store) { try await hub.client })
            case .entities:
                registerOrchestrations(with: hub, in: EntityWorld(), times: times)
                registerEntities(with: hub)
                registerConfirmations(with: hub, Confirmations { try await hub.client })
            }
            let client = try await hub.client
            let board: any GameBoard = world == .activities ? store : EntityBoard(client: client)
            let console = ConsoleRecorder(try await client.console())
            let api = DungeonAPI(client: client, board: board, console: ConsoleFeed(client: client), now: { hub.now })
            let router = Router()
            api.add(to: router)
            try await RouteClient.serving(router) { http in
                try await body(
                    DungeonGame(hub: hub, client: client, store: store, board: board, http: http, console: console))
            }
            try await console.stop()
        }
    }

    // MARK: Commands

    /// Sends a command, and waits until nothing happens any more.
    func command(_ name: String, _ json: String, by way: Way = .http) async throws -> Reply {
        let reply: Reply
        switch way {
        case .http:
            let (status, text) = try await post("/api/\(name)", json)
            reply = Reply(status: status, text: text)
        case .message:
            let output = try await client.start(named: name, input: Payload(json: json)).result()
            reply = try JSONDecoder().decode(Reply.self, from: Data(output.bytes))
        }
        await hub.rest()
        return reply
    }

    /// A user who has confirmed and stands in the room, everything in its place. What was printed is forgotten.
    func play(_ user: String, confirms: Bool = true) async throws {
        #expect(try await command("NewUser", #"{"name":"\#(user)"}"#) == .ok)
        if confirms { #expect(try await command("ConfirmUser", #"{"name":"\#(user)"}"#) == .ok) }
        _ = console.take()
    }

    func act(_ action: String, by way: Way = .http) async throws -> Reply {
        try await command("Action", action, by: way)
    }

    // MARK: Requests

    func post(_ uri: String, _ body: String) async throws -> (status: Int, text: String) {
        let answer = try await http.ask(.post, uri, body)
        return (answer.status, answer.body)
    }

    func get(_ uri: String) async throws -> (status: Int, text: String) {
        let answer = try await http.ask(.get, uri)
        return (answer.status, answer.body)
    }

    // MARK: What there is

    func user(_ name: String) async throws -> User? { try await board.status(of: name)?.user }
    func monster(of user: String) async throws -> Monster { try #require(try await board.status(of: user)?.monster) }
    func room(of user: String) async throws -> Room { try #require(try await board.status(of: user)?.room) }
    func weapon(of user: String) async throws -> Item {
        try #require(try await board.status(of: user)?.inventory.first { !$0.isTreasure })
    }
    func treasure(of user: String) async throws -> Item {
        try #require(try await board.status(of: user)?.inventory.first { $0.isTreasure })
    }

    /// What `CheckStatus` says; `nil` for 404.
    func workflow(_ name: String, of user: String) async throws -> String? {
        let (status, text) = try await get("/api/CheckStatus/\(user)/\(name)")
        guard status == 200 else {
            #expect(status == 404 && text.isEmpty)
            return nil
        }
        return try JSONDecoder().decode(WorkflowStatus.self, from: Data(text.utf8)).status
    }
}
#endif
