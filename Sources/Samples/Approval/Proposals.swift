import Warren

/// The sample's contract: names and types, and nothing else. A program that starts, steers or runs these needs only this file.
enum Proposals {
    // A design proposal, first as a chain of two calls, then as a decision that has to come in time.
    static let firstVersion = Orchestration<Void, [String]>("OrchFunctionV1")
    static let approval = Orchestration<Void, [String]>("OrchFunction")
    static let approved = ExternalEvent<JSONValue>("Approval")
    static let tell = Activity<String, String>("Approval")
    static let escalate = Activity<String, String>("Escalation")

    // Ten reminders, a day apart
    static let reminder = Orchestration<Void, Void>("Reminder")
    static let sendReminder = Activity<Void, Void>("SendReminder")

    // A quote that is worth something for 30 seconds
    static let tryGetQuote = Orchestration<Void, Bool>("TryGetQuote")
    static let getQuote = Activity<Void, String>("GetQuote")
}
