/// A report that a customer wants.
struct ReportRequest: Codable, Sendable {
    var customer: String
    var month: String
    var isUrgent: Bool?
}
