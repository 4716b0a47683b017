import Warren

/// Human interaction: the user confirms in time, or dies.
func userConfirmationWorkflow(
    _ context: OrchestrationContext, _ user: String, in world: some GameWorld, times: GameTimes
) async throws {
    context.print("User \(user) now has \(times.confirmation.words) to confirm they are ready.")
    let approval = context.startWaiting(for: Dungeon.approvalTask)
    let deadline = context.startTimer(for: times.confirmation)
    if try await context.any(approval, deadline) == approval, try await approval.value {
        deadline.cancel()
        context.print("\(user) has accepted the challenge!.")
        try context.startDetached(Dungeon.runUserSequential, user, id: GameID.runUserSequential(user))
    } else {
        // Who declines dies at once, but the timer is not taken back, as in the game that this one follows: the
        // instance stays `Running` until it fires.
        context.print("User \(user) failed to confirm in time.")
        try await world.kill(user, context)
    }
    context.print("User confirmation workflow complete for \(user).")
}
