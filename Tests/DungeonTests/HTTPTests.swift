#if HTTP
import Hummingbird
import TestSupport
import Testing
import Warren
import WarrenClient

@testable import Dungeon

/// What browsers and strangers meet.
@Suite("The dungeon over HTTP", .timeLimit(.minutes(5)))
struct HTTPTests {
    @Test(
        "D45: a page of any origin may play, and one that was opened as a file",
        arguments: ["null", "http://evil.example"])
    func cors(origin: String) async throws {
        try await DungeonGame.run { game in
            let allowed = try await game.http.ask(
                .options, "/api/NewUser", nil,
                [.origin: origin, .accessControlRequestMethod: "POST", .accessControlRequestHeaders: "content-type"])
            #expect(allowed.status == 204)
            #expect(allowed.headers[.accessControlAllowOrigin] == "*")
            #expect(allowed.headers[.accessControlAllowMethods]?.contains("POST") == true)
            #expect(allowed.headers[.accessControlAllowHeaders]?.lowercased().contains("content-type") == true)
            // Refusals can be read too, and what there is not.
            for (uri, status) in [("/api/NewUser", 400), ("/api/nothing", 404)] {
                let refused = try await game.http.ask(
                    .post, uri, "{}", [.origin: origin, .contentType: "application/json"])
                #expect(refused.status == status)
                #expect(refused.headers[.accessControlAllowOrigin] == "*")
            }
        }
    }

    @Test(
        "A body that is not the command is refused, and nothing is begun",
        arguments: [
            "", "nonsense", "[]", "7", "null", #""Ada""#, #"{"name":7}"#, #"{"name":["Ada"]}"#, #"{"name":"\ud800"}"#,
            #"{"name":"Ada""#, String(repeating: "[", count: 60_000),
        ])
    func badBody(body: String) async throws {
        try await DungeonGame.run { game in
            for command in ["NewUser", "ConfirmUser", "Action"] {
                let (status, text) = try await game.post("/api/\(command)", body)
                #expect(status == 400)
                #expect(text == "The body is not the JSON object that \(command) takes.")
            }
            #expect(try await game.client.list().instances.isEmpty)
        }
    }

    @Test("A huge body is refused")
    func hugeBody() async throws {
        try await DungeonGame.run { game async throws in
            let body = #"{"name":"\#(String(repeating: "x", count: 100_000))"}"#
            #expect(try await game.post("/api/NewUser", body).status == 413)
        }
    }

    @Test("Addresses that are not text or lead nowhere are refused")
    func badAddress() async throws {
        try await DungeonGame.run { game async throws in
            #expect(try await game.get("/api/GameStatus/%FF").status == 400)
            #expect(try await game.get("/api/CheckStatus/%FF/x").status == 400)
            #expect(try await game.get("/api/CheckStatus/Ada/%2e%2e%2f").status == 404)
            #expect(try await game.get("/api/NewUser").status == 404)
            #expect(try await game.get("/api/GameStatus/" + String(repeating: "x", count: 10_000)).status == 400)
        }
    }

    @Test("The page may run its own script and style, and nothing else")
    func page() async throws {
        try await DungeonGame.run { game in
            let page = try await game.http.ask(.get, "/")
            #expect(page.status == 200)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
            let nonce = try #require(policy.firstMatch(of: /script-src 'nonce-([a-z0-9]+)'/)?.1)
            let html = page.body
            #expect(html.contains("<script nonce=\"\(nonce)\">") && html.contains("<style nonce=\"\(nonce)\">"))
            #expect(html.matches(of: /<script/).count == 1 && html.matches(of: /<style/).count == 1)
            // Nothing from anywhere else.
            #expect(html.firstMatch(of: /(?:src|href)="(?:https?:)?\/\//) == nil)
        }
    }

    @Test("Who cannot be helped is told so, with 503")
    func noHub() async throws {
        try await DungeonGame.run { game in
            await game.client.close()
            let (status, text) = try await game.post("/api/NewUser", #"{"name":"Ada"}"#)
            #expect(status == 503)
            #expect(text.hasPrefix("The dungeon does not answer: "))
        }
    }
}
#endif
