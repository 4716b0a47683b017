#if HTTP
import TestSupport
import Warren

@testable import Dungeon

extension HostFixture {
    private static let activities = [
        Dungeon.admitUser.name, Dungeon.findConfirmation.name, Dungeon.perform.name, Dungeon.createUser.name,
        Dungeon.createMonster.name, Dungeon.createRoom.name, Dungeon.createInventory.name, Dungeon.killUser.name,
        Dungeon.placeUserInRoom.name, Dungeon.placeInventoryInRoom.name, Dungeon.placeMonsterInRoom.name,
        Dungeon.placeInventoryOnMonster.name, Dungeon.monitorUser.name, Dungeon.isConfirmationOpen.name,
    ]

    /// A hub for the game.
    static func dungeon(_ body: (HostFixture) async throws -> Void) async throws {
        try await run(activities: activities, body)
    }

    /// Starts `dungeon serve`.
    func serve(_ arguments: String...) async throws -> HostProcess {
        try await HostProcess.start(
            Program.product("dungeon"), ["serve"] + hostArguments + ["--http-port", "0"] + arguments)
    }
}
#endif
