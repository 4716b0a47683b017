import Foundation
import Testing
import WarrenConfiguration
import WarrenHost

/// Files with a configuration: good ones, wrong ones, and those that somebody made to do harm.
@Suite("Configuration files", .timeLimit(.minutes(1)))
struct FileTests {
    private static let yaml = """
        # The hub of the shop.
        hub: orders
        roles: [orchestrator, activity]
        activities:
          concurrency: 64
          foreign:
            - Charge
            - "Ship"
        leases: {after: 10s, duration: PT2M}
        messages.maximumSize: 1MiB
        reports:
          lifecycle: endings
        """
    private static let json = """
        {"hub": "orders", "roles": ["orchestrator", "activity"],
        \t"activities": {"concurrency": 64, "foreign": ["Charge", "Ship"]},
        \t"leases": {"after": "10s", "duration": "PT2M"},
         "messages": {"maximumSize": 1048576}, "reports": {"lifecycle": ["completed", "failed", "terminated"]}}
        """

    @Test("YAML and JSON say the same", arguments: [yaml, json])
    func good(text: String) throws {
        let configuration = try load(file: text)
        #expect(configuration.hub == "orders" && configuration.activities.concurrency == 64)
        #expect(configuration.activities.foreign == ["Charge", "Ship"])
        #expect(configuration.leases.after == .seconds(10) && configuration.leases.duration == .seconds(120))
        #expect(configuration.messages.maximumSize == 1 << 20 && configuration.reports.lifecycle == .endings)
    }

    @Test("A file without values changes nothing", arguments: ["", "\n# nothing\n", "{}", "activities:\n", "---\n"])
    func empty(text: String) throws {
        let configuration = try load(file: text)
        #expect(configuration.hub == "warren" && configuration.activities.concurrency == 256)
    }

    @Test("Everything that is wrong is said at once, each with its line, what is allowed and what is nearest")
    func wrong() throws {
        let text = """
            hub: 9lives
            roles: [orchestrater]
            activites:
              concurrency: 5
            activities:
              concurency: 5
              concurrency: 0
            leases:
              duration: 30
              after: 10
            journal: {size: 64MB}
            storage:
              acceptOlder: yes
              durability: journals
            messages: 5
            graces:
              stop:
              earlyEvent: [1s]
            nothing: like this
            hub2: {a: 1}
            """
        #expect(
            try problems(ofFile: text) == [
                "w.yaml:3: activites: there is no such group. Did you mean activities?",
                "w.yaml:15: messages: it is a group; its values stand below it.",
                "w.yaml:17: graces.stop: it has no value. Give it one, or leave the key out.",
                "w.yaml:20: hub2: there is no such group. 'warren config keys' lists those that there are.",
                "w.yaml:1: hub: '9lives' is refused; it must be 1 to 63 letters, digits, '_' or '-', beginning with a letter.",
                "w.yaml:2: roles: '[orchestrater]' is unknown; it must be some of client, orchestrator, activity. The nearest "
                    + "good value is orchestrator.",
                "w.yaml:6: activities.concurency: there is no such key. Did you mean activities.concurrency?",
                "w.yaml:7: activities.concurrency: '0' is out of range; it must be 1 to 100000. The nearest good value is 1.",
                "w.yaml:9: leases.duration: '30' is not a duration, such as 500ms, 30s, 5m, 1h30m, 7d or PT30S; it must be 1s "
                    + "to 366d. The nearest good value is 30s.",
                "w.yaml:10: leases.after: '10' is not a duration, such as 500ms, 30s, 5m, 1h30m, 7d or PT30S; it must be 1ms "
                    + "to 366d. The nearest good value is 10s.",
                "w.yaml:11: journal.size: '64MB' is not a size, such as 1048576, 64KiB, 8MiB or 1GiB; it must be 64MiB to 1TiB. "
                    + "The nearest good value is 64MiB.",
                "w.yaml:13: storage.acceptOlder: 'yes' is neither true nor false. The nearest good value is true.",
                "w.yaml:14: storage.durability: 'journals' is unknown; it must be local or journal. The nearest good value is "
                    + "journal.",
                "w.yaml:18: graces.earlyEvent: '[1s]' is a list; it must be one value: 0s to 366d.",
                "w.yaml:19: nothing: there is no such key. 'warren config keys' lists those that there are.",
            ])
    }

    @Test(
        "A file that could be misunderstood is refused",
        arguments: [
            ("hub: a\nhub: b", "w.yaml:2: hub: it is there twice; line 1 has it, too."),
            ("{hub: a, hub: b}", "in the group of this line, keys are there twice: 'hub'; the rest"),
            ("activities: {concurrency: 1}\nactivities.concurrency: 2", "activities.concurrency: it is there twice."),
            ("hub: a\n---\nhub: b", "but found another document"),
            ("- hub", "it is a list; keys with values are expected"),
            ("hub", "it is one value; keys with values are expected"),
            ("hub: {name: a}", "hub: it has one value, no values below it."),
            ("[a]: b", "a key is a name, not a list or a group."),
            ("roles: [[client]]", "roles: each item of the list is one value."),
            ("hub: ~", "hub: it has no value."), ("hub: ''", "hub: '' is refused"),
            ("roles: []", "roles: name at least one of client, orchestrator, activity."),
            ("{\"hub\": ", "it is neither YAML nor JSON"), ("hub: \"a", "it is neither YAML nor JSON"),
            ("\thub: a", "it is neither YAML nor JSON"), ("hub: a\u{0}b", "it is neither YAML nor JSON"),
            ("storage.durability: journal", "Set 'broker.url'"),
            (#"{"hub": "\ud83d\ude00"}"#, "it is neither YAML nor JSON"),
        ])
    func strict(text: String, message: String) throws {
        let found = try problems(ofFile: text)
        #expect(found.contains { $0.contains(message) }, "\(found)")
    }

    @Test("What a group has twice hides nothing else that is wrong, in YAML and in JSON")
    func twice() throws {
        let yaml = """
            # hub: this is a comment
            hub: orders
            activities:
              concurrency: 1
              'concurrency': 0
              concurency: 3
            hub: 9
            "activities":
              foreign: [Charge]
            messages: {prefetch: 0}
            """
        #expect(
            try problems(ofFile: yaml) == [
                "w.yaml:5: activities.concurrency: it is there twice; line 4 has it, too.",
                "w.yaml:7: hub: it is there twice; line 2 has it, too.",
                "w.yaml:8: activities: it is there twice; line 3 has it, too.",
                "w.yaml:5: activities.concurrency: '0' is out of range; it must be 1 to 100000. The nearest good value is 1.",
                "w.yaml:6: activities.concurency: there is no such key. Did you mean activities.concurrency?",
                "w.yaml:7: hub: '9' is refused; it must be 1 to 63 letters, digits, '_' or '-', beginning with a letter.",
                "w.yaml:10: messages.prefetch: '0' is out of range; it must be 1 to 2000. The nearest good value is 1.",
            ])
        let json = """
            {
              "hub": "a",
              "leases": {"after": 1},
              "hub": "b"
            }
            """
        #expect(
            try problems(ofFile: json) == [
                "w.yaml:4: hub: it is there twice; line 2 has it, too.",
                "w.yaml:3: leases.after: '1' is not a duration, such as 500ms, 30s, 5m, 1h30m, 7d or PT30S; it must be 1ms to "
                    + "366d. The nearest good value is 1s.",
            ])
        let many = "hub: a\n" + String(repeating: "hub: b\n", count: 1000)
        #expect(try (1...51).contains(problems(ofFile: many).count))
    }

    @Test("A bomb of aliases, deep nesting, and what the parser need not see are refused at once", arguments: attacks)
    func hostile(text: String, message: String) throws {
        let found = try problems(ofFile: text)
        #expect(found.count == 1 && found.first?.contains(message) == true, "\(found.first?.prefix(200) ?? "accepted")")
    }

    private static let attacks = [
        ("a: &a [x]\nb: &b {? [*a, *a] : 1}", "anchors, aliases"), ("hub: !!str orders", "anchors, aliases"),
        ("a: [1,*b]", "anchors, aliases"), ("{\"a\":*b}", "anchors, aliases"), ("hub: |\n  orders", "blocks of text"),
        ("a: 'it''s' \nb: &b x", "anchors, aliases"), ("a: \"\\\\\" \nb: &b x", "anchors, aliases"),
        ("a: b [ \" c\nd: &e x", "anchors, aliases"), ("a: b, \" c\nd: &e x", "anchors, aliases"),
        ("a: x\u{2028}b: &b x", "anchors, aliases"),
        (String(repeating: "[", count: 100_000), "nested more than 16 levels deep"),
        (String(repeating: "{a: ", count: 50_000), "nested more than 16 levels deep"),
        (String(repeating: "- ", count: 100_000), "indented by more than 64 columns"),
        ((0..<500).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), "indented by more than 64 columns"),
        (String(repeating: "x", count: 300_000), "larger than 262144 bytes"),
    ]

    @Test("A text in quotes may begin with anything, and hold signs that mean something elsewhere")
    func quoted() throws {
        let text = "broker: {url: \"amqp://localhost\", password: '&*!|>[{#''\"'} # & this is a comment *\nhub: a"
        let configuration = try load(file: text)
        #expect(configuration.broker.password == "&*!|>[{#'\"" && configuration.hub == "a")
    }

    @Test("At most 50 problems of a file are said")
    func many() throws {
        let text = (0..<1000).map { "{\"a\": 1} : \($0)\n" }.joined()
        #expect(try (1...51).contains(problems(ofFile: text).count))
        let unknown = (0..<1000).map { "key\($0): 1\n" }.joined()
        #expect(try (1...51).contains(problems(ofFile: unknown).count))
    }

    @Test("What is no file, is missing, or is no text is refused with its path")
    func noFile() throws {
        try Folder.with { folder in
            let binary = try folder.file("binary", Data([0x68, 0xFF, 0xFE]))
            #expect(problems(ConfigurationSources(file: binary)) == ["\(binary): it is not UTF-8 text."])
            let missing = folder.path("missing")
            #expect(
                problems(ConfigurationSources(file: missing)) == [
                    "\(missing): it cannot be opened: No such file or directory."
                ])
            #expect(problems(ConfigurationSources(file: folder.path(""))).first?.hasSuffix("it is not a file.") == true)
            // A pipe that nobody writes to: reading it would take for ever.
            let pipe = folder.path("pipe")
            #expect(mkfifo(pipe, 0o600) == 0)
            #expect(problems(ConfigurationSources(file: pipe)) == ["\(pipe): it is not a file."])
        }
    }
}
