import Warren

/// Asks the people who decide; here, on the console.
func requestApproval(_ subject: String, _ context: ActivityContext) -> String {
    context.print("Please decide on \(subject): raise ApprovalEvent, true or false, at \(context.instanceID).")
    return "approval of \(subject) is asked for"
}
