import Warren

/// A command of this program as its help knows it.
struct HelpNode {
    struct Option {
        let about: String
        /// `--input <json>`, or `<name>` of an argument without a name.
        let synopsis: String
        let names: [String]
        let value: String?
        let isOptional: Bool
        let isRepeating: Bool
        let section: String?
    }

    /// The command with those before it: `warren`, `dead`, `list`.
    let path: [String]
    let about: String
    let discussion: String
    let options: [Option]
    let children: [HelpNode]

    /// The name of its page: `warren-dead-list`.
    var page: String { path.joined(separator: "-") }

    /// Reads what `_dumpHelp` of the argument parser writes.
    ///
    /// - Throws: a `UsageError` if that is of another form: only another version of the parser can be the reason.
    init(dump: String) throws {
        do {
            guard let command = try JSONNode(Payload(json: dump))["command"] else {
                throw UsageError("The argument parser describes its commands in a form that is not known here.")
            }
            self.init(command, below: [])
        } catch let problem as JSONProblem {
            throw UsageError("The argument parser's description cannot be read: \(problem.description).")
        }
    }

    private init(_ node: JSONNode, below parents: [String]) {
        path = parents + [node["commandName"]?.string ?? "?"]
        about = node["abstract"]?.string ?? ""
        discussion = node["discussion"]?.string ?? ""
        options = (node["arguments"]?.elements ?? []).compactMap(Option.init)
        let path = path
        children = (node["subcommands"]?.elements ?? [])
            .filter { $0["shouldDisplay"]?.bool != false && $0["commandName"]?.string != "help" }
            .map { HelpNode($0, below: path) }
    }

    /// The node and all below it.
    var all: [HelpNode] { [self] + children.flatMap(\.all) }

    /// The command of that name below this one; `nil` if there is none.
    func find(_ names: some Collection<String>) -> HelpNode? {
        guard let name = names.first else { return self }
        return children.first { $0.path.last == name }?.find(names.dropFirst())
    }
}

extension HelpNode.Option {
    fileprivate init?(_ node: JSONNode) {
        guard node["shouldDisplay"]?.bool != false else { return nil }
        about = node["abstract"]?.string ?? ""
        isOptional = node["isOptional"]?.bool ?? false
        isRepeating = node["isRepeating"]?.bool ?? false
        section = node["sectionTitle"]?.string
        names = (node["names"]?.elements ?? []).compactMap { name in
            name["name"]?.string.map { (name["kind"]?.string == "long" ? "--" : "-") + $0 }
        }
        let kind = node["kind"]?.string
        value = kind == "flag" ? nil : node["valueName"]?.string
        let preferred =
            node["preferredName"]?["name"]?.string.map {
                (node["preferredName"]?["kind"]?.string == "long" ? "--" : "-") + $0
            }
        synopsis =
            [kind == "positional" ? nil : preferred, value.map { "<\($0)>" }].compactMap { $0 }.joined(separator: " ")
    }
}
