import Warren

/// Gives the orchestrations of the contract their bodies.
func registerOrchestrations(with registrar: some FunctionRegistrar, times: GameTimes) {
    registrar.register(Dungeon.newUser, body: newUser)
    registrar.register(Dungeon.confirmUser) { context, command in
        try await confirmUser(context, command, times: times)
    }
    registrar.register(Dungeon.action, body: performAction)

    registrar.register(Dungeon.runUserParallel, body: runUserParallelWorkflow)
    registrar.register(Dungeon.userConfirmation) { context, user in
        try await userConfirmationWorkflow(context, user, times: times)
    }
    registrar.register(Dungeon.runUserSequential, body: runUserSequentialWorkflow)
    registrar.register(Dungeon.userMonitor) { context, user in
        try await userMonitorWorkflow(context, user, times: times)
    }
    registrar.register(Dungeon.gameMonitor, body: gameMonitorWorkflow)
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
