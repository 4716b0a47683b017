import Warren

/// Gives every name of the contract its body. A process runs those that its roles call for.
func registerProposals(with registrar: some FunctionRegistrar) {
    registrar.register(Proposals.firstVersion, body: firstVersion)
    registrar.register(Proposals.approval, body: approval)
    registrar.register(Proposals.reminder, body: reminder)
    registrar.register(Proposals.tryGetQuote, body: tryGetQuote)

    registrar.register(Proposals.tell) { decision in
        "Your project design proposal has been -  \(decision)!"
    }
    registrar.register(Proposals.escalate) { person in
        "ESCALATION : You have not approved the project design proposal - reassigning to your Manager! \(person)!"
    }
    registrar.register(Proposals.sendReminder) { _, context in
        context.print("Your project design proposal is still waiting for an answer.")
    }
    // Somebody elsewhere would work it out, and take as long as that takes.
    registrar.register(Proposals.getQuote) { "42.00" }
}
