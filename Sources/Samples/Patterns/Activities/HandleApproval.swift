import Warren

/// Acts on the decision.
func handleApproval(_ isApproved: Bool) -> String {
    isApproved ? "Approved" : "Rejected"
}
