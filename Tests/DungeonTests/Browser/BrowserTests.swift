#if HTTP
import Foundation
import TestSupport
import Testing

/// The page, played in headless Chromium against the program over a real broker. What is played and what must be seen
/// is written in `play_in_browser.py`; the pictures it takes are kept where `WARREN_PICTURES` says.
@Suite(
    "The dungeon's page", .serialized, .timeLimit(.minutes(5)), .enabled(if: TestBroker.isAvailable, TestBroker.remedy),
    .enabled(if: Chromium.isExpected, "Needs Chromium: run scripts/test, or set WARREN_CHROMIUM."))
struct BrowserTests {
    @Test("Played to victory by mouse and by keyboard, with names that are markup, and refused where it should be")
    func victory() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s")
            try await play(try host.address, "victory", "keyboard", "names", "rules")
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("With entities in the place of a database, it is played to victory all the same, with names that are markup")
    func entities() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--entities", "--monitor-every", "1s")
            try await play(try host.address, "victory", "names")
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("D45: opened as a file, its origin null, the page asks the host across origins")
    func file() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s")
            try await play(try host.address, "file")
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("Played to victory on a page that reads items as text, as that of the original game does: split and trimmed")
    func texts() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s")
            try await play(try host.address, "texts")
            #expect(try await host.terminate() == 0)
        }
    }

    @Test("Who does not confirm is dead, and the page says so")
    func death() async throws {
        try await HostFixture.dungeon { fixture in
            let host = try await fixture.serve("--monitor-every", "1s", "--confirm-within", "1s")
            try await play(try host.address, "death", "texts_of_the_dead")
            #expect(try await host.terminate() == 0)
        }
    }

    private func play(_ address: String, _ games: String...) async throws {
        let program = try #require(Bundle.module.path(forResource: "play_in_browser", ofType: "py"))
        try #require(Bundle.module.path(forResource: "text_reader", ofType: "html") != nil)
        let result = try await Chromium.run([program, address] + games)
        #expect(result.exitCode == 0, "\(result.output)\n\(result.errors)")
    }
}
#endif
