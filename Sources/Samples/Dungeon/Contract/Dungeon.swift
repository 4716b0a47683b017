import Warren

/// The sample's contract: names and types, and nothing else. A program that steers or runs the game needs only this.
enum Dungeon {
    /// The hub's name when nobody gives one.
    static let hub = "localdungeon"

    // Commands: what people ask for, by HTTP or by a message. Each is a short orchestration, so that nothing is lost
    // between what it changes and what it sets off.
    static let newUser = Orchestration<UserCommand, Reply>("NewUser")
    static let confirmUser = Orchestration<UserCommand, Reply>("ConfirmUser")
    static let action = Orchestration<ActionCommand, Reply>("Action")

    // Workflows: the game. Their input is the user's name.
    static let runUserParallel = Orchestration<String, Void>("RunUserParallelWorkflow")
    static let userConfirmation = Orchestration<String, Void>("UserConfirmationWorkflow")
    static let runUserSequential = Orchestration<String, Void>("RunUserSequentialWorkflow")
    static let userMonitor = Orchestration<String, Void>("UserMonitorWorkflow")
    static let gameMonitor = Orchestration<String, Void>("GameMonitorWorkflow")
    static let workflows = [runUserParallel, userConfirmation, runUserSequential, userMonitor, gameMonitor]

    // Events
    static let approvalTask = ExternalEvent<Bool>("ApprovalTask")
    static let killMonster = ExternalEvent<Void>("KillMonster")
    static let gotTreasure = ExternalEvent<Void>("GotTreasure")

    // Activities behind the commands
    static let admitUser = Activity<UserCommand, Reply>("AdmitUser")
    static let findConfirmation = Activity<ConfirmationQuestion, Reply>("FindConfirmation")
    /// Of the world of entities: whether a confirmation can be answered.
    static let isConfirmationOpen = Activity<ConfirmationQuestion, Bool>("IsConfirmationOpen")
    static let perform = Activity<ActionCommand, Deed>("PerformAction")

    // Activities of the workflows
    static let createUser = Activity<String, Void>("CreateUser")
    static let createMonster = Activity<String, Void>("CreateMonster")
    static let createRoom = Activity<String, Void>("CreateRoom")
    static let createInventory = Activity<String, Void>("CreateInventory")
    static let killUser = Activity<String, Void>("KillUser")
    static let placeUserInRoom = Activity<String, Void>("PlaceUserInRoom")
    static let placeInventoryInRoom = Activity<String, Void>("PlaceInventoryInRoom")
    static let placeMonsterInRoom = Activity<String, Void>("PlaceMonsterInRoom")
    static let placeInventoryOnMonster = Activity<String, Void>("PlaceInventoryOnMonster")
    static let monitorUser = Activity<String, Bool>("MonitorUser")
}
