import WarrenClient
import WarrenMessaging

/// The broker: whether it can be reached, its product and version.
struct BrokerCheck: DoctorCheck {
    static let name = "broker"
    /// The oldest version that Warren is tested with.
    static let oldest = (major: 3, minor: 10)

    func examine(_ patient: inout Patient) async throws -> [Finding] {
        let transport: any MessageTransport
        do {
            transport = try await TaskHubClient.connectTransport(broker: patient.brokerURL, logger: patient.logger)
        } catch let error as ClientError where error.code == .unreachable {
            return [unreachable(error, patient)]
        }
        patient.provisioning = TaskHubProvisioning(hub: patient.hub, transport: transport)
        guard let facts = try await transport.broker() else { return [] }
        return [Self.version(facts)] + [encryption(facts, patient)].compactMap { $0 }
    }

    /// Judges product and version.
    static func version(_ facts: BrokerFacts) -> Finding {
        let found = "\(facts.product) \(facts.version)"
        guard facts.product == "RabbitMQ" else {
            return .advice(
                name, "the broker is '\(found)', not RabbitMQ",
                why: "Warren needs quorum queues, streams and single active consumers as RabbitMQ has them.",
                remedy: "connect to a RabbitMQ of version \(oldest.major).\(oldest.minor) or newer")
        }
        guard let release = facts.release, release >= oldest else {
            return .wrong(
                name, "RabbitMQ \(facts.version) is older than \(oldest.major).\(oldest.minor)",
                why: "its streams and quorum queues lack what Warren relies on, and nobody tests it.",
                remedy: "upgrade: https://www.rabbitmq.com/docs/upgrade")
        }
        return .ok(name, found + (facts.cluster.map { ", cluster \($0)" } ?? ""))
    }

    private func encryption(_ facts: BrokerFacts, _ patient: Patient) -> Finding? {
        guard !facts.isEncrypted, let address = try? BrokerAddress(patient.brokerURL), !address.isLoopback else {
            return nil
        }
        return advice(
            "the connection to \(address) is not encrypted",
            why: "the password and every payload can be read on the way.",
            remedy: "use amqps://…:5671/?cacertfile=ca.pem; the broker needs 'listeners.ssl.default = 5671'")
    }

    private func unreachable(_ error: ClientError, _ patient: Patient) -> Finding {
        let cause = error.cause.map { "\($0)" } ?? ""
        let (user, virtualHost) = patient.login
        let remedy =
            if cause.contains("badCredentials") || cause.contains("ACCESS_REFUSED") {
                "rabbitmqctl authenticate_user \(user) PASSWORD; rabbitmqctl change_password \(user) PASSWORD"
            } else if cause.contains("vhost") || cause.contains("NOT_ALLOWED") {
                "rabbitmqctl add_vhost \(virtualHost); rabbitmqctl set_permissions -p \(virtualHost) \(user) '.*' '.*' '.*'"
            } else {
                "on the broker's machine: rabbitmqctl status; systemctl start rabbitmq-server. Or name another address "
                    + "with --broker"
            }
        return wrong(
            "\(error.message) \(cause)", why: "nothing is started, and nothing goes on, without the broker.",
            remedy: remedy)
    }
}
