#if HTTP
import Foundation
import TestSupport
import Testing
import WarrenManagement

/// The dashboard in headless Chromium, over a host and the API that run here. What is done and what must be seen is written
/// in `look_in_browser.py`; the pictures that it takes are kept where `WARREN_PICTURES` says.
@Suite(
    "The dashboard", .serialized, .timeLimit(.minutes(5)),
    .enabled(if: Chromium.isExpected, "Needs Chromium: run scripts/test, or set WARREN_CHROMIUM."))
struct DashboardTests {
    @Test("People find, read and steer instances, and what they raise is seen at once; markup stays text")
    func people() async throws {
        try await DashboardHub.running { hub in
            var options = ManagementOptions()
            options.metricsPath = "/metrics"
            try await hub.serving(options) { address in
                try await look(
                    address, "listing", "raising", "following", "views", "timeline", "hostile", "steering", "axe",
                    "bulk", "system", "dead", "lines", "keyboard", "colours", "rules", "scheduling", "entities")
            }
        }
    }

    @Test("A server with keys is asked with one, and what the key may not do is disabled")
    func keys() async throws {
        let folder = try KeyFolder()
        defer { folder.remove() }
        let key = try folder.add("night shift", [.read, .raise])
        var options = ManagementOptions()
        options.keys = try AccessKeys(file: folder.path)
        let known = options
        try await DashboardHub.running { hub in
            try await hub.serving(known) { address in try await look(address, "locked", key: key) }
        }
    }

    private func look(_ address: String, _ stages: String..., key: String? = nil) async throws {
        let program = try #require(Bundle.module.path(forResource: "look_in_browser", ofType: "py"))
        var arguments = [program, address + "/ui/"] + stages
        if let key { arguments += ["--key", key] }
        let result = try await Chromium.run(arguments)
        #expect(result.exitCode == 0, "\(result.output)\n\(result.errors)")
    }
}
#endif
