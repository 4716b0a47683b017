import Warren

/// Hands a proposal that nobody decided on to somebody else.
func escalate(_ manager: String) -> String {
    "ESCALATION : You have not approved the project design proposal - reassigning to your Manager! \(manager)!"
}
