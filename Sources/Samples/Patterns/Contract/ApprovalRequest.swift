/// How to ask for an approval.
struct ApprovalRequest: Codable, Sendable {
    /// How long to wait before it is escalated; 20 s if absent.
    var timeoutSeconds: Int?
}
