import WarrenHost
import Yams

/// A file with a configuration, in YAML or in JSON, which YAML contains. It is read strictly: what could be misunderstood is
/// refused, and every problem has its line.
struct ConfigurationFile {
    /// The most bytes of a file.
    static let limit = 256 << 10
    /// The most problems that are reported; a file of another kind would have one in every line.
    static let problemLimit = 50

    let path: String
    /// What the file says, in its order.
    private(set) var entries: [ConfigurationEntry] = []
    private(set) var problems: [ConfigurationProblem] = []
    /// Whether every user of the machine may read the file.
    private(set) var isReadableByAll = false
    /// The text as it is parsed.
    private var repeated = RepeatedKeys("")
    /// The names that are reported as being there twice.
    private var twice: Set<String> = []

    /// Reads a file. What is wrong with it is in ``problems``.
    init(_ path: String) {
        self.path = path
        do throws(BoundedFile.Failure) {
            let file = try BoundedFile(path, limit: Self.limit)
            isReadableByAll = file.isReadableByAll
            read(try file.text())
        } catch {
            problems.append(ConfigurationProblem(path, "\(error.reason)."))
        }
    }

    /// Reads a text as if it were a file's.
    init(text: String, path: String) {
        self.path = path
        read(text)
    }

    private mutating func read(_ text: String) {
        if let (line, message) = DocumentGuard.complaint(about: text) { return report(line, message) }
        guard let root = composed(text) else { return }
        switch root {
        case .mapping(let mapping): read(mapping, below: [])
        case .scalar(let scalar) where Self.isNull(scalar): return
        case .scalar(let scalar):
            report(scalar.mark?.line, "it is one value; keys with values are expected, 'hub: orders'.")
        case .sequence(let list): report(list.mark?.line, "it is a list; keys with values are expected, 'hub: orders'.")
        case .alias(let alias): report(alias.mark?.line, "aliases (*) are not read.")
        }
        refuseTwice()
    }

    /// Parses a text, and reports why it cannot be parsed. A text without a value gives nothing.
    ///
    /// 1. Parses it. 2. Renames a key that a group has twice, and parses it again, as often as there may be problems.
    private mutating func composed(_ text: String) -> Node? {
        repeated = RepeatedKeys(text)
        for _ in 0..<Self.problemLimit {
            do {
                // 1
                return try compose(yaml: repeated.document, .default, .default, .utf8)
            } catch let error as YamlError {
                // 2
                if case .duplicatedKeysInMapping(let names, let context) = error, let name = names.first,
                    repeated.rename(name, line: context.mark.line, column: context.mark.column)
                {
                    continue
                }
                let (line, message) = Self.explanation(of: error)
                report(line, message)
            } catch {
                report(nil, "it cannot be read: \(error).")
            }
            return nil
        }
        report(nil, "more than \(Self.problemLimit) keys are there twice.")
        return nil
    }

    private mutating func read(_ mapping: Node.Mapping, below path: [String]) {
        for (key, value) in mapping {
            guard problems.count < Self.problemLimit else { return }
            guard case .scalar(let scalar) = key else {
                report(key.mark?.line, "a key is a name, not a list or a group.")
                continue
            }
            guard let original = repeated.original(of: scalar.string) else {
                read(value, path + [scalar.string], line: scalar.mark?.line)
                continue
            }
            let name = (path + [original.name]).joined(separator: ".")
            report(scalar.mark?.line, "\(name): it is there twice; line \(original.line) has it, too.")
            twice.insert(name)
            read(value, path + [original.name], line: scalar.mark?.line)
        }
    }

    private mutating func read(_ value: Node, _ path: [String], line: Int?) {
        let name = path.joined(separator: ".")
        switch value {
        case .mapping(let mapping):
            guard KnownKeys.isGroup(name) else {
                let isKey = KnownKeys.find(name) != nil
                return report(
                    line,
                    isKey ? "\(name): it has one value, no values below it." : KnownKeys.unknown(name, isGroup: true))
            }
            read(mapping, below: path)
        case .sequence(let list):
            var items: [String] = []
            for item in list {
                guard case .scalar(let scalar) = item, !Self.isNull(scalar) else {
                    return report(item.mark?.line ?? line, "\(name): each item of the list is one value.")
                }
                items.append(scalar.string)
            }
            add(name, .list(items), line)
        case .scalar(let scalar) where Self.isNull(scalar):
            if KnownKeys.isGroup(name) { return }
            report(line, "\(name): it has no value. Give it one, or leave the key out.")
        case .scalar(let scalar): add(name, .text(scalar.string), line)
        case .alias: report(line, "\(name): aliases (*) are not read.")
        }
    }

    private mutating func add(_ name: String, _ input: ConfigurationInput, _ line: Int?) {
        if KnownKeys.isGroup(name) {
            return report(line, "\(name): it is a group; its values stand below it.")
        }
        entries.append(ConfigurationEntry(name: name, input: input, origin: ConfigurationOrigin(.file, place(line))))
    }

    /// Refuses keys that are given in two ways: `activities: {concurrency: 1}` and `activities.concurrency: 2`.
    private mutating func refuseTwice() {
        var seen: Set<String> = []
        for entry in entries where !seen.insert(entry.name).inserted && !twice.contains(entry.name) {
            problems.append(ConfigurationProblem(entry.origin.description, "\(entry.name): it is there twice."))
        }
    }

    private mutating func report(_ line: Int?, _ message: String) {
        problems.append(ConfigurationProblem(place(line), message))
    }

    private func place(_ line: Int?) -> String { line.map { "\(path):\($0)" } ?? path }

    /// Whether a value was left out, or is `null` or `~`.
    private static func isNull(_ scalar: Node.Scalar) -> Bool {
        scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func explanation(of error: YamlError) -> (Int?, String) {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let place = context.map { " (\($0.text) in line \($0.mark.line))" } ?? ""
            return (mark.line, "it is neither YAML nor JSON: \(problem), column \(mark.column)\(place).")
        case .reader(let problem, _, _, _): return (nil, "it is neither YAML nor JSON: \(problem).")
        case .duplicatedKeysInMapping(let names, let context):
            let list = Set(names).sorted().prefix(5).map { "'\($0.prefix(100))'" }.joined(separator: ", ")
            return (
                context.mark.line,
                "in the group of this line, keys are there twice: \(list); the rest of the file is not examined."
            )
        default: return (nil, "it cannot be read as YAML or JSON.")
        }
    }
}
