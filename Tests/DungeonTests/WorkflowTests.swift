#if HTTP
import Foundation
import Testing
import Warren
import WarrenClient
import WarrenTestKit

@testable import Dungeon

/// The workflows, step by step and word by word.
@Suite("The dungeon's workflows", .timeLimit(.minutes(5)))
struct WorkflowTests {
    /// Every step remembered, and every step replayed: what comes out must be the same.
    static let options = [false, true].map { TestHubOptions(replaysEveryEpisode: $0) }

    @Test("D20, D21: the world is made at once, and the user has two minutes to confirm", arguments: options)
    func parallel(options: TestHubOptions) async throws {
        try await DungeonGame.run(options: options) { game in
            #expect(try await game.command("NewUser", #"{"name":"Ada"}"#) == .ok)
            let lines = game.lines("parallel-Ada")
            let monster = try await game.monster(of: "Ada").name
            let room = try await game.room(of: "Ada").name
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            #expect(
                Set(lines) == [
                    "Successfully created user Ada", "Look out! \(monster) is now stalking Ada!",
                    "\(room) has been prepared for Ada!", "A \(weapon) and \(treasure) have been added for user Ada!",
                ])
            #expect(lines.count == 4)
            #expect(game.lines("confirm-Ada") == ["User Ada now has 2 minutes to confirm they are ready."])
            // All before the question, which comes when all are done.
            let texts = game.console.all.map(\.text)
            let asked = try #require(texts.firstIndex(of: "User Ada now has 2 minutes to confirm they are ready."))
            #expect(lines.allSatisfy { texts.firstIndex(of: $0)! < asked })

            // A child: it ends, then its parent does.
            let parallel = try #require(try await game.client.status(of: "parallel-Ada"))
            #expect(parallel.openTasks.count == 1 && parallel.openTasks[0].contains("UserConfirmationWorkflow"))
            try await game.client.raise(Dungeon.approvalTask, true, to: "confirm-Ada")
            await game.hub.rest()
            #expect(
                game.lines("confirm-Ada") == [
                    "User Ada now has 2 minutes to confirm they are ready.", "Ada has accepted the challenge!.",
                    "User confirmation workflow complete for Ada.",
                ])
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "Ada") == "Completed")
            #expect(try await game.workflow("RunUserParallelWorkflow", of: "Ada") == "Completed")
        }
    }

    @Test("D21, D29: who does not confirm is dead after two minutes, and there is no game", arguments: options)
    func timeout(options: TestHubOptions) async throws {
        try await DungeonGame.run(options: options) { game in
            try await game.play("Ada", confirms: false)
            try await game.hub.advance(by: .seconds(119))
            #expect(try await game.user("Ada")?.isAlive == true)
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "Ada") == "Running")
            try await game.hub.advance(by: .seconds(1))
            #expect(try await game.user("Ada")?.isAlive == false)
            #expect(
                game.lines("confirm-Ada") == [
                    "User Ada now has 2 minutes to confirm they are ready.", "User Ada failed to confirm in time.",
                    "Unfortunately user Ada died from waiting too long!",
                    "User confirmation workflow complete for Ada.",
                ])
            try await game.hub.advance(by: .seconds(20))
            #expect(game.lines("user-monitor-Ada").suffix(2) == ["Ada has died.", "Ada monitoring is done."])
            for name in ["RunUserParallelWorkflow", "UserConfirmationWorkflow", "UserMonitorWorkflow"] {
                #expect(try await game.workflow(name, of: "Ada") == "Completed")
            }
            #expect(try await game.workflow("RunUserSequentialWorkflow", of: "Ada") == nil)
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == nil)
        }
    }

    @Test("D22: who declines is dead at once, and the timer keeps the instance running until it fires")
    func declined() async throws {
        try await DungeonGame.run { game in
            try await game.play("Ada", confirms: false)
            try await game.client.raise(Dungeon.approvalTask, false, to: "confirm-Ada")
            await game.hub.rest()
            #expect(try await game.user("Ada")?.isAlive == false)
            #expect(game.lines("confirm-Ada").last == "User confirmation workflow complete for Ada.")
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "Ada") == "Running")
            try await game.hub.advance(by: .minutes(2))
            #expect(try await game.workflow("UserConfirmationWorkflow", of: "Ada") == "Completed")
        }
    }

    @Test("D23, D26 to D28: the game is set up in order, and won by monster and treasure", arguments: options)
    func happy(options: TestHubOptions) async throws {
        try await DungeonGame.run(options: options) { game in
            try await game.play("Ada")
            let monster = try await game.monster(of: "Ada").name
            let room = try await game.room(of: "Ada")
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            #expect(
                game.lines("sequential-Ada") == [
                    "Ada looks around: \(room.description)", "Ada sees a \(weapon) inside the room!",
                    "Ada notices a \(monster) in \(room.name).", "Ada notices a \(monster) with a \(treasure).",
                ])
            // D27: what is started is nobody's child, and does not keep its starter.
            #expect(try await game.workflow("RunUserSequentialWorkflow", of: "Ada") == "Completed")
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == "Running")

            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(weapon)"}"#) == .ok)
            let kill = #"{"name":"Ada","action":"kill","target":"\#(monster)","with":"\#(weapon)"}"#
            #expect(try await game.act(kill) == .ok)
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == "Running")
            #expect(game.lines("game-monitor-Ada") == [])
            #expect(try await game.act(#"{"name":"Ada","action":"get","target":"\#(treasure)"}"#) == .ok)
            #expect(game.lines("game-monitor-Ada") == ["Ada has won the game!"])

            try await game.hub.advance(by: .seconds(20))
            for workflow in Dungeon.workflows {
                #expect(try await game.workflow(workflow.name, of: "Ada") == "Completed", "\(workflow.name)")
            }
            #expect(game.lines("user-monitor-Ada").suffix(2) == ["Ada has the treasure.", "Ada monitoring is done."])
        }
    }

    @Test("D26: the two events come in any order, and nobody's time runs out")
    func anyOrder() async throws {
        try await DungeonGame.run { game in
            for (user, events) in [
                ("a", [Dungeon.gotTreasure, Dungeon.killMonster]), ("b", [Dungeon.killMonster, Dungeon.gotTreasure]),
            ] {
                let monitor = try await game.client.start(Dungeon.gameMonitor, user)
                try await game.client.raise(events[0], (), to: monitor.id)
                try await game.hub.advance(by: .days(400))
                #expect(try await monitor.status()?.runtimeStatus == .running)
                try await game.client.raise(events[1], (), to: monitor.id)
                try await game.hub.result(of: monitor)
                #expect(game.lines(monitor.id) == ["\(user) has won the game!"])
            }
        }
    }

    @Test("D12, D17: deeds done before the monitor has started count when it does")
    func earlyDeeds() async throws {
        try await DungeonGame.run { game in
            let activities = GameActivities(store: game.store) { game.client }
            try await activities.furnish("Ada")
            try await activities.placeInventoryOnMonster("Ada", activity("6"))
            let monster = try await game.monster(of: "Ada").name
            let weapon = try await game.weapon(of: "Ada").name
            let treasure = try await game.treasure(of: "Ada").name
            for deed in [
                #""get","target":"\#(weapon)""#, #""kill","target":"\#(monster)","with":"\#(weapon)""#,
                #""get","target":"\#(treasure)""#,
            ] { #expect(try await game.act(#"{"name":"Ada","action":\#(deed)}"#) == .ok) }
            #expect(try await game.workflow("GameMonitorWorkflow", of: "Ada") == nil)
            let late = try await game.client.start(Dungeon.gameMonitor, "Ada", id: GameID.gameMonitor("Ada"))
            try await game.hub.result(of: late)
            #expect(game.lines("game-monitor-Ada") == ["Ada has won the game!"])
        }
    }

    @Test("D24: a user is looked at every 20 seconds for an hour", arguments: options)
    func monitorLimit(options: TestHubOptions) async throws {
        try await withTaskHub(options) { hub in
            let looks = Counter()
            registerOrchestrations(with: hub, times: GameTimes())
            hub.register(Dungeon.monitorUser) { _ in
                looks.add()
                return false
            }
            let console = ConsoleRecorder(try await hub.client.console())
            let monitor = try await hub.client.start(Dungeon.userMonitor, "Ada")
            await hub.rest()
            #expect(console.take() == ["Ada is being monitored every 20 seconds."])
            try await hub.advance(by: .seconds(59))
            #expect(looks.count == 3)
            try await hub.result(of: monitor)
            #expect(looks.count == 180)
            await hub.rest()
            #expect(console.take() == ["Ada monitoring has timed out.", "Ada monitoring is done."])
            try await console.stop()
        }
    }

    @Test("D24: a monitor ends with the look that says so; times are told as people say them")
    func monitorEnd() async throws {
        let times = GameTimes(monitorInterval: .minutes(1))
        try await withTaskHub { hub in
            let looks = Counter()
            registerOrchestrations(with: hub, times: times)
            hub.register(Dungeon.monitorUser) { _ in looks.add() == 4 }
            let console = ConsoleRecorder(try await hub.client.console())
            let start = hub.now
            try await hub.result(of: hub.client.start(Dungeon.userMonitor, "Ada"))
            await hub.rest()
            #expect(console.take() == ["Ada is being monitored every 1 minute.", "Ada monitoring is done."])
            #expect(hub.now.timeIntervalSince(start) == 180)
            try await console.stop()
        }
        #expect(Duration.seconds(90).words == "90 seconds" && Duration.hours(1).words == "60 minutes")
    }

    @Test("D25: what a look at a user says")
    func monitorUser() async throws {
        try await DungeonGame.run { game in
            let activities = GameActivities(store: game.store) { game.client }
            func look() async throws -> (isDecided: Bool, lines: [String]) {
                let printed = PrintedTexts()
                let result = try await activities.monitorUser("Ada", activity(UUID().uuidString, printed: printed))
                return (result, printed.all)
            }
            // Not made yet: the workflow tries again.
            await #expect(throws: NotInGame.self) { try await look() }
            try await activities.createUser("Ada", activity("1"))
            #expect(try await look() == (false, []))
            try await activities.createInventory("Ada", activity("2"))
            #expect(try await look() == (false, ["Ada is alive but has not found the treasure."]))
            let treasure = try await game.treasure(of: "Ada").name
            try await game.store.once(activity("3")) {
                try $0.update(User(name: "Ada", inventoryItems: ["Spoon", treasure]))
            }
            #expect(try await look() == (true, ["Ada has the treasure."]))
            try await activities.killUser("Ada", activity("4"))
            #expect(try await look() == (true, ["Ada has died."]))
        }
    }

    @Test("D25: a monitor that comes before its user waits for it")
    func earlyMonitor() async throws {
        try await DungeonGame.run { game in
            let monitor = try await game.client.start(Dungeon.userMonitor, "Ada")
            await game.hub.rest()
            try await game.play("Ada", confirms: false)
            try await game.hub.advance(by: .seconds(3))
            #expect(game.lines(monitor.id).last == "Ada is alive but has not found the treasure.")
        }
    }
}

extension DungeonGame {
    /// What an instance and its activities printed, in the order in which it came.
    func lines(_ instance: String) -> [String] { console.all.filter { $0.instanceID == instance }.map(\.text) }
}
#endif
