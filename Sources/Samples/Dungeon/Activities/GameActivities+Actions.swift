import Warren

/// The activity behind `Action`.
extension GameActivities {
    func perform(_ command: ActionCommand, _ context: ActivityContext) async throws -> Deed {
        try await store.once(context) { game in
            guard let name = command.name, !name.isBlank else {
                game.print("An attempt to initiate an action with no name was made.")
                return Deed(reply: .refused("User name is required."))
            }
            guard let user = try game.user(name), user.isAlive else {
                game.print("Attempt to use missing or dead user \(name) failed.")
                return Deed(reply: .refused("Dead or missing username is not allowed."))
            }
            switch command.action {
            case "get": return try get(command.target, user, game)
            case "kill": return try kill(command.target, with: command.with, user, game)
            default: return Deed(reply: .refused("I do not understand \(command.action ?? "")."))
            }
        }
    }

    private func get(_ target: String?, _ user: User, _ game: GameTransaction) throws -> Deed {
        var user = user
        guard let target, !target.isBlank else {
            game.print("User \(user.name) tried to get nothing.")
            return Deed(reply: .refused("Target is required."))
        }
        guard var room = try game.room(of: user.name), let place = room.inventoryItems.firstIndex(of: target),
            var item = try game.items(of: user.name).first(where: { $0.name == target })
        else {
            game.print("User \(user.name) tried to get a \(target) that wasn't there.")
            return Deed(reply: .refused("Target not found."))
        }
        room.inventoryItems.remove(at: place)
        user.inventoryItems.append(item.name)
        item.room = nil
        try game.update(room, of: user.name)
        try game.update(user)
        try game.update(item, of: user.name)
        game.print("User \(user.name) successfully grabbed \(item.name).")
        if item.isTreasure { game.print("User \(user.name) nabbed the treasure.") }
        return Deed(reply: .ok, gotTreasure: item.isTreasure)
    }

    private func kill(
        _ target: String?, with weapon: String?, _ user: User, _ game: GameTransaction
    ) throws -> Deed {
        guard let target, !target.isBlank else {
            game.print("User \(user.name) tried to kill nothing.")
            return Deed(reply: .refused("Target is required."))
        }
        guard let weapon, !weapon.isBlank else {
            game.print("User \(user.name) tried to kill \(target) with no weapon.")
            return Deed(reply: .refused("With is required."))
        }
        guard user.inventoryItems.contains(weapon) else {
            game.print("User \(user.name) tried to use a non-existing \(weapon).")
            return Deed(reply: .refused("User doesn't have \(weapon)"))
        }
        guard var monster = try game.monster(of: user.name), monster.name == target,
            var room = try game.room(of: user.name)
        else {
            game.print("User \(user.name) tried to kill a ghost named \(target).")
            return Deed(reply: .refused("\(target) not found."))
        }
        guard monster.isAlive else {
            game.print("User \(user.name) tried to kill an already dead \(target).")
            return Deed(reply: .refused("\(target) is already dead."))
        }
        game.print("User \(user.name) valiantly killed \(target) with \(weapon).")
        for var item in try game.items(of: user.name) where monster.inventoryItems.contains(item.name) {
            item.monster = nil
            item.room = room.name
            room.inventoryItems.append(item.name)
            try game.update(item, of: user.name)
            game.print("User \(user.name) notices \(target) dropped a \(item.name).")
        }
        monster.isAlive = false
        monster.inventoryItems = []
        try game.update(monster, of: user.name)
        try game.update(room, of: user.name)
        return Deed(reply: .ok, killedMonster: true)
    }
}
