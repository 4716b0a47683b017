import Foundation
import TestSupport
import Testing

/// A kind of program, with the rights on the broker that the catalog tells its operator to give it.
struct RoleRights: Sendable, CustomStringConvertible {
    /// As the table of Operating.md names it.
    var program: String
    var configure: String
    var write: String
    var read: String

    var description: String { program }

    /// Hosts are believed: they have the rights to everything, and this one the files as well.
    var isOrchestratorHost: Bool { program == "orchestrator host" }

    /// The rows of the table, for a hub of this name.
    static func documented(hub: String) throws -> [RoleRights] {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: sources.appending(path: "Sources/Warren/Warren.docc/Operating.md"), encoding: .utf8)
        // A bar inside of a pattern is escaped, because Markdown ends a cell at any other one.
        let cell = #"`([^`]*)`"#
        let row = try Regex(
            #"\| ([^|`]*(?:`[^`]*`)?[^|`]*) \| \#(cell) \| \#(cell) \| \#(cell) \|"#,
            as: (Substring, Substring, Substring, Substring, Substring).self)
        return page.split(separator: "\n").compactMap { line in
            guard let match = line.wholeMatch(of: row) else { return nil }
            func named(_ pattern: Substring) -> String {
                String(pattern).replacing(#"\|"#, with: "|").replacing("orders", with: hub)
                    .replacing("charge", with: "Charge")
            }
            return RoleRights(
                program: String(match.output.1), configure: named(match.output.2),
                write: named(match.output.3), read: named(match.output.4))
        }
    }

    /// The name of its user on the broker.
    func user(hub: String) -> String { "\(hub)-\(program.split(separator: " ").joined().filter(\.isLetter))" }

    /// Makes the users of these programs, with these rights and the name as password.
    static func makeUsers(_ roles: [RoleRights], hub: String) async throws {
        for role in roles {
            let user = role.user(hub: hub)
            try await TestBroker.control("ctl", "add_user", user, user)
            try await TestBroker.control(
                "ctl", "set_permissions", "-p", "/", user, role.configure, role.write, role.read)
        }
    }

    static func removeUsers(_ roles: [RoleRights], hub: String) async throws {
        for role in roles { try await TestBroker.control("ctl", "delete_user", role.user(hub: hub)) }
    }
}
