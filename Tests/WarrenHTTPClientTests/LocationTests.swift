import Testing
import Warren

@Suite("URLs that are called", .timeLimit(.minutes(1)))
struct LocationTests {
    @Test(
        "A URL is written anew from its parts",
        arguments: [
            ("http://Example.com", "http://example.com/"), ("HTTPS://a.b:443/x?y#z", "https://a.b/x?y"),
            ("http://a:8080?q=1", "http://a:8080/?q=1"), ("http://[::1]:80/", "http://[::1]/"),
            ("http://a/x/../y/./z", "http://a/y/z"), ("http://a/../..", "http://a/"), ("http://a/b/.", "http://a/b/"),
            ("http://a//b", "http://a//b"), ("http://a:/", "http://a/"), ("http://0x7f.1/", "http://0x7f.1/"),
        ])
    func parsed(url: String, written: String) throws {
        #expect(try HTTPLocation(url).description == written)
    }

    @Test(
        "A URL that could be read in two ways, or is not http or https, is refused",
        arguments: [
            "", "example.com", "/x", "file:///etc/passwd", "ftp://a/", "gopher://a/", "http:a", "http:/a", "http://",
            "http://user@a/", "http://a@b@c/", "http://a:b@c/", "http://a\\@b/", "http://a b/", "http://a/\r\nX: y",
            "http://a:0/", "http://a:65536/", "http://a:x/", "http://a:1:2/", "http://[::1/", "http://[::1%25eth0]/",
            "http://[]/", "http://bücher.example/", "http://a/ü", "http://a/\u{0}", "http://a%2f/",
            "unix:///var/run/docker.sock", "http+unix://x/",
        ])
    func refused(url: String) {
        #expect(throws: HTTPLocationProblem.self) { try HTTPLocation(url) }
    }

    @Test(
        "A reference is resolved against the URL that answered",
        arguments: [
            ("https://c.d/e", "https://c.d/e"), ("//c/d", "http://c/d"), ("/d?x", "http://a:8080/d?x"),
            ("d", "http://a:8080/b/d"), ("../d", "http://a:8080/d"), ("?r=2", "http://a:8080/b/c?r=2"),
            ("#part", "http://a:8080/b/c?q=1"), ("", "http://a:8080/b/c?q=1"), ("d:8/x", nil),
            ("./d:8", "http://a:8080/b/d:8"),
            ("file:///x", nil), ("//u@c/", nil), ("/\r\nX", nil),
        ] as [(String, String?)])
    func resolved(reference: String, url: String?) throws {
        let base = try HTTPLocation("http://a:8080/b/c?q=1")
        if let url {
            #expect(try base.resolved(reference).description == url)
        } else {
            #expect(throws: HTTPLocationProblem.self) { try base.resolved(reference) }
        }
    }

    @Test("Origins differ by scheme, host and port")
    func origins() throws {
        #expect(try HTTPLocation("http://a").origin == HTTPLocation("http://A:80/x").origin)
        for other in ["https://a", "http://a:81", "http://b", "http://a.b"] {
            #expect(try HTTPLocation("http://a").origin != HTTPLocation(other).origin)
        }
    }

    @Test("Requests and answers are objects of JSON that people and other workers can write")
    func json() throws {
        var request = DurableHTTPRequest(
            "https://a/", method: "PUT", headers: ["X-One": "1", "X-Two": "2", "x-two": "3"], body: .bytes([0, 255]),
            timeout: .milliseconds(1500), credential: "c")
        request.failOn = [500]
        let payload = try Payload(encoding: request)
        #expect(
            payload.json == #"{"body":{"base64":"AP8="},"credential":"c","failOn":[500],"headers":"#
                + #"{"x-one":"1","x-two":["2","3"]},"method":"PUT","timeout":1.5,"url":"https://a/"}"#)
        #expect(try payload.decode(as: DurableHTTPRequest.self) == request)
        let short = try Payload(json: #"{"url":"http://a"}"#).decode(as: DurableHTTPRequest.self)
        #expect(short == DurableHTTPRequest("http://a"))
        for bad in [
            "{}", #"{"url":"u","timeout":0}"#, #"{"url":"u","body":{"base64":"?"}}"#, #"{"url":"u","headers":{"a":1}}"#,
        ] {
            #expect(throws: WarrenError.self) { try Payload(json: bad).decode(as: DurableHTTPRequest.self) }
        }
        #expect(DurableHTTPBody(Array("né".utf8)) == .text("né"))
        #expect(DurableHTTPBody([0x61, 0]) == .bytes([0x61, 0]))
        #expect(DurableHTTPBody([0xFF]) == .bytes([0xFF]))
    }
}
