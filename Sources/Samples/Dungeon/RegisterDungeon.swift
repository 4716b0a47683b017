import Warren

/// Gives the orchestrations of the contract their bodies.
func registerOrchestrations(
    with registrar: some FunctionRegistrar, in world: some GameWorld = ActivityWorld(), times: GameTimes
) {
    registrar.register(Dungeon.newUser) { context, command in try await newUser(context, command, in: world) }
    registrar.register(Dungeon.confirmUser) { context, command in
        try await confirmUser(context, command, in: world, times: times)
    }
    registrar.register(Dungeon.action) { context, command in try await performAction(context, command, in: world) }

    registrar.register(Dungeon.runUserParallel) { context, user in
        try await runUserParallelWorkflow(context, user, in: world)
    }
    registrar.register(Dungeon.userConfirmation) { context, user in
        try await userConfirmationWorkflow(context, user, in: world, times: times)
    }
    registrar.register(Dungeon.runUserSequential) { context, user in
        try await runUserSequentialWorkflow(context, user, in: world)
    }
    registrar.register(Dungeon.userMonitor) { context, user in
        try await userMonitorWorkflow(context, user, in: world, times: times)
    }
    registrar.register(Dungeon.gameMonitor) { context, user in
        try await gameMonitorWorkflow(context, user, in: world)
    }
}

/// Gives the activities of the contract their bodies.
func registerActivities(with registrar: some FunctionRegistrar, _ activities: GameActivities) {
    registrar.register(Dungeon.admitUser, body: activities.admitUser)
    registrar.register(Dungeon.findConfirmation, body: activities.findConfirmation)
    registrar.register(Dungeon.perform, body: activities.perform)

    registrar.register(Dungeon.createUser, body: activities.createUser)
    registrar.register(Dungeon.createMonster, body: activities.createMonster)
    registrar.register(Dungeon.createRoom, body: activities.createRoom)
    registrar.register(Dungeon.createInventory, body: activities.createInventory)
    registrar.register(Dungeon.killUser, body: activities.killUser)
    registrar.register(Dungeon.placeUserInRoom, body: activities.placeUserInRoom)
    registrar.register(Dungeon.placeInventoryInRoom, body: activities.placeInventoryInRoom)
    registrar.register(Dungeon.placeMonsterInRoom, body: activities.placeMonsterInRoom)
    registrar.register(Dungeon.placeInventoryOnMonster, body: activities.placeInventoryOnMonster)
    registrar.register(Dungeon.monitorUser, body: activities.monitorUser)
}
