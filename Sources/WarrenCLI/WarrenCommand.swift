import ArgumentParser

/// `warren`: starts, controls and shows the orchestrations of a task hub from a shell.
@main
struct WarrenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "warren",
        abstract: "Start, steer and watch durable orchestrations over RabbitMQ.",
        discussion: """
            A task hub is a set of queues on a broker; a host that runs your orchestrations consumes them. This tool \
            talks to the host through the same queues, so it needs the broker's address and nothing else. Only sql, and doctor \
            with --data, read files.

            EXAMPLES
              warren start HelloCities --input '["Tokyo","Seattle","London"]' --wait
              warren start Approval --id leave-7 --tag team=blue
              warren raise leave-7 Approval --data true
              warren query cart-7 remaining
              warren update cart-7 addItem --input '"tea"'
              warren rewind leave-7
              warren status leave-7 --history
              warren list --status Running --name Approval
              warren list --waits-for event:Approval
              warren history leave-7 --follow
              warren tree leave-7
              warren top
              warren purge --before 2026-11-01T00:00:00Z --status Completed
              warren console
              warren dead list
              warren doctor
              warren config check /etc/warren/orders.yaml
              warren sql --data data "SELECT name, status, count(*) FROM instances GROUP BY 1, 2"

            WHERE
              --broker, or WARREN_BROKER_URL, or \(ConnectionOptions.defaultBroker)
                        (for TLS amqps://user:password@host:5671/?cacertfile=ca.pem)
              --hub, or WARREN_HUB, or \(ConnectionOptions.defaultHub)
              Else as in a file: --config, or WARREN_CONFIG (warren config keys).

            EXIT CODES
              0  done
              1  the instance failed, was terminated or is unknown; the host refused it; something is wrong (doctor)
              2  the command line is wrong
              3  the broker cannot be reached, or refuses the login or a right
              4  no answer in time, or the broker takes no messages
              5  the broker has no such task hub, or the hub is not as it should be
              6  anything else
            """,
        version: "warren 0.1.0",
        subcommands: [
            StartSubcommand.self, RaiseSubcommand.self, EntitySubcommand.self, LimitsSubcommand.self,
            TerminateSubcommand.self,
            SuspendSubcommand.self,
            QuerySubcommand.self, UpdateSubcommand.self, ResumeSubcommand.self, RewindSubcommand.self,
            ResetSubcommand.self, RestartSubcommand.self,
            StatusSubcommand.self, WaitSubcommand.self, ListSubcommand.self,
            HistorySubcommand.self, TreeSubcommand.self, TopSubcommand.self,
            PurgeSubcommand.self, ConsoleSubcommand.self, DeadSubcommand.self, HubSubcommand.self,
            ScheduleSubcommand.self,
            ServeSubcommand.self, KeysSubcommand.self, ConfigSubcommand.self, DoctorSubcommand.self, SQLSubcommand.self,
            ExportSubcommand.self,
            ImportSubcommand.self, InitSubcommand.self, CompletionSubcommand.self, ManSubcommand.self,
        ])

    /// Runs the command and ends the process with one of the documented exit codes.
    static func main() async {
        do {
            var command = try await parse()
            try await command.run()
        } catch {
            exit(reporting: error)
        }
    }

    private static func parse() async throws -> any AsyncParsableCommand {
        let command = try await asyncParseAsRoot()
        guard let command = command as? any AsyncParsableCommand else { return HelpfulCommand(command: command) }
        return command
    }

    /// Writes help and version to standard output, and any other text that ends a command to standard error.
    private static func exit(reporting error: any Error) -> Never {
        Console.progress("")
        let parsing = exitCode(for: error)
        if parsing == .success {
            Console.out(fullMessage(for: error))
            ExitStatus.done.exit()
        }
        if let status = error as? ExitStatus { status.exit() }
        if parsing == .validationFailure {
            Console.note(fullMessage(for: error))
            ExitStatus.usage.exit()
        }
        Console.note("Error: \(ExitStatus.explanation(of: error))")
        ExitStatus(for: error).exit()
    }
}
