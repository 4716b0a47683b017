#if HTTP
import Foundation
import TestSupport
import Testing

@testable import WarrenManagement

@Suite("HTTP API: TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    #if HTTPTLS
    /// Makes a certificate of its own issuer for this machine.
    private func makeCertificate(in folder: URL, named name: String) async throws -> TLSFiles {
        let files = TLSFiles(
            certificate: folder.appending(path: "\(name).pem").path, key: folder.appending(path: "\(name).key").path)
        let made = try await Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=\(name)", "-addext",
                "subjectAltName=IP:127.0.0.1", "-out", files.certificate, "-keyout", files.key,
            ])
        #expect(made.exitCode == 0, "\(made.errors)")
        return files
    }

    /// The status with which a client that trusts one certificate is answered, or its error.
    private func ask(_ url: String, trusting certificate: String) async throws -> String {
        let run = try await Program.run(
            "curl",
            ["--silent", "--output", "/dev/null", "--write-out", "%{http_code}", "--cacert", certificate, url])
        return run.exitCode == 0 ? run.output : "error"
    }

    @Test("A server with a certificate speaks HTTPS, and a changed one counts for connections from then on")
    func certificate() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "warren-tls-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try await makeCertificate(in: folder, named: "first")
        let other = try await makeCertificate(in: folder, named: "second")
        try await APIBench.running { bench in
            var configuration = ManagementServer.Configuration()
            configuration.port = 0
            configuration.tls = files
            let server = ManagementServer(client: bench.hub, configuration: configuration, logger: APIBench.quiet)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await server.run() }
                let address = try #require(await server.address)
                #expect(address.hasPrefix("https://127.0.0.1:"))
                let url = address + "/api/v1/openapi.json"
                #expect(try await ask(url, trusting: files.certificate) == "200")
                #expect(try await ask(url, trusting: other.certificate) == "error")
                // Both files at once, as far as a program that renews certificates can.
                let manager = FileManager.default
                let old = folder.appending(path: "old.pem").path
                try manager.moveItem(atPath: files.certificate, toPath: old)
                try manager.removeItem(atPath: files.key)
                try manager.copyItem(atPath: other.key, toPath: files.key)
                try manager.copyItem(atPath: other.certificate, toPath: files.certificate)
                try await untilSeen("the new certificate") {
                    try await ask(url, trusting: other.certificate) == "200"
                }
                #expect(try await ask(url, trusting: old) == "error")
                group.cancelAll()
            }
        }
    }

    @Test("Files that are no certificate and key are an error that names them")
    func unusable() async throws {
        let files = TLSFiles(certificate: "/nowhere/cert.pem", key: "/nowhere/key.pem")
        let error = #expect(throws: ServerError.self) { try TLSContext(files, logger: APIBench.quiet) }
        #expect(error?.message.contains("/nowhere/cert.pem") == true)
    }
    #else
    @Test("A program that was built without TLS refuses a certificate in words, and does not listen")
    func notBuiltIn() async throws {
        try await APIBench.running { bench in
            var configuration = ManagementServer.Configuration()
            configuration.port = 0
            configuration.tls = TLSFiles(certificate: "cert.pem", key: "key.pem")
            let server = ManagementServer(client: bench.hub, configuration: configuration, logger: APIBench.quiet)
            let error = await #expect(throws: ServerError.self) { try await server.run() }
            #expect(error?.message.contains("HTTPTLS") == true)
            #expect(await server.address == nil)
        }
    }
    #endif
}
#endif
