#if HTTP
import Foundation
import Hummingbird
import Testing

@testable import WarrenManagement

@Suite("The dashboard's files", .timeLimit(.minutes(1)))
struct DashboardFilesTests {
    private static func request(_ headers: HTTPFields = [:]) -> Request {
        Request(
            head: HTTPRequest(
                method: .get, scheme: "http", authority: "localhost", path: "/ui/", headerFields: headers),
            body: RequestBody(buffer: ByteBuffer()))
    }

    @Test("A file has its type, a tag, and headers that keep the page to itself")
    func headers() throws {
        let files = DashboardFiles(["index.html": Array("<!doctype html>".utf8), "app.js": Array("1".utf8)])
        let page = files.response("index.html", Self.request())
        #expect(page.status == .ok)
        #expect(page.headers[.contentType] == "text/html; charset=utf-8")
        #expect(page.headers[.contentSecurityPolicy]?.contains("default-src 'none'; script-src 'self'") == true)
        #expect(page.headers[.xContentTypeOptions] == "nosniff")
        let tag = try #require(page.headers[.eTag])
        #expect(files.response("index.html", Self.request([.ifNoneMatch: tag])).status == .notModified)
        #expect(files.response("app.js", Self.request()).headers[.contentType] == "text/javascript; charset=utf-8")
        #expect(files.response("instances", Self.request()).headers[.eTag] == tag)
        let missing = files.response("other.js", Self.request())
        #expect(missing.status == .notFound)
        #expect(missing.headers[.contentSecurityPolicy] != nil)
    }

    @Test("Every file of the folder is served")
    func complete() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Sources/WarrenManagement/UI/Files")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        #expect(Set(names) == Set(DashboardFiles.contents.keys))
    }
}
#endif
