#if HTTP
import Foundation
import TestSupport
import Testing
import WarrenManagement

/// What the dashboard says that does the same at a terminal, done at a terminal: each line is read off the page in headless
/// Chromium and run by bash against the real broker. The steps are in `type_lines.py`.
@Suite(
    "Lines for a terminal", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: TestBroker.isAvailable && Chromium.isExpected, "Needs a RabbitMQ and Chromium: run scripts/test."))
struct TerminalLineTests {
    @Test("Every line that the page shows for a button does what the button does")
    func lines() async throws {
        try await DashboardHub.onBroker { hub in
            try await hub.serving(ManagementOptions()) { address in
                let program = try #require(Bundle.module.path(forResource: "type_lines", ofType: "py"))
                let result = try await Chromium.run([
                    program, address + "/ui/", "--broker", TestBroker.requireURL(), "--warren",
                    Program.product("warren"),
                ])
                #expect(result.exitCode == 0, "\(result.output)\n\(result.errors)")
            }
        }
    }
}
#endif
