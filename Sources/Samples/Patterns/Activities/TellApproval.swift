import Warren

/// Tells the applicant what was decided: `Approved` or `Rejected`.
func tellApproval(_ decision: String) -> String {
    "Your project design proposal has been -  \(decision)!"
}
