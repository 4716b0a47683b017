extension FailureDetails {
    /// The type of the failure of an update that was under way when its instance ended.
    package static let updateAbandonedType = "UpdateAbandoned"
    /// The type of the failure of an update that finds too many others under way.
    package static let tooManyUpdatesType = "TooManyUpdates"

    /// The failure of an update that was under way when the body, or the instance, ended.
    package static let abandonedUpdate = FailureDetails(
        type: updateAbandonedType,
        message:
            "The update was taken, and the orchestration ended before its handler had. What the handler did until then "
            + "stays. An orchestrator that calls context.waitForUpdates() before it returns or continues as new lets "
            + "handlers come to their ends.",
        isNonRetriable: true)

    /// The refusal of an update beside too many others.
    static let tooManyUpdates = FailureDetails(
        type: tooManyUpdatesType,
        message:
            "\(StateHandlers.mostOpenUpdates) updates of the instance are under way, and no more can be. Send the update "
            + "again when some have been answered.")
}
