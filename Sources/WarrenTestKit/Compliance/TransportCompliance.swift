public import WarrenMessaging

/// What every transport of messages promises, as checks that an implementation is run through.
///
/// ```swift
/// let report = await TransportCompliance.check { try await MyTransport.connect(url) }
/// #expect(report.complies, "\(report)")
/// ```
///
/// Warren's own transports, over RabbitMQ and inside a process, pass the same checks in the same way. Each check has a hub
/// of its own, which it deletes again.
public enum TransportCompliance {
    /// A promise of a transport.
    public typealias Check = ComplianceCheck<TransportBench>
    /// Makes a transport, connected and with nothing of the check's hub on it.
    public typealias Make = @Sendable () async throws -> any MessageTransport

    /// The promises of every transport.
    public static let checks: [Check] = queues + publishing

    /// The promises of a transport with streams, which hubs with journals need.
    public static let streamChecks: [Check] = streams

    /// Runs all checks, one after the other.
    ///
    /// - Parameters:
    ///   - streams: whether the transport has streams.
    ///   - limit: the time that one check may take.
    ///   - make: makes a transport.
    public static func check(
        streams: Bool = true, limit: Duration = .seconds(60), make: @escaping Make
    ) async -> ComplianceReport {
        var report = ComplianceReport()
        for check in checks + (streams ? streamChecks : []) {
            report.entries.append(await run(check, limit: limit, make: make))
        }
        return report
    }

    /// Runs one check.
    ///
    /// - Parameters:
    ///   - check: one of ``checks`` or ``streamChecks``.
    ///   - limit: the time that the check may take.
    ///   - make: makes a transport.
    public static func run(
        _ check: Check, limit: Duration = .seconds(60), make: @escaping Make
    ) async -> ComplianceReport.Entry {
        let findings = ComplianceFindings()
        return await check.entry(findings, within: limit) { body in
            let hub = try TaskHubName("t" + WireID.random().filter { $0 != "-" })
            let bench = TransportBench(transport: try await make(), hub: hub, findings: findings)
            do {
                try await bench.transport.provision(bench.topology)
                try await body(bench)
            } catch {
                findings.fail("it ends with an error: \(error)")
            }
            // A task of its own: what a cancelled check leaves behind goes as well.
            await Task {
                await bench.transport.shutdown()
                guard bench.transport.outlivesProcess else { return }
                do {
                    let cleaner = try await make()
                    await bench.removeHub(by: cleaner)
                    await cleaner.shutdown()
                } catch {
                    findings.fail("what it made cannot be deleted: \(error)")
                }
            }.value
        }
    }
}
