/// A condition of a listing: an instance waits for something of a kind, or of a name, or both.
///
/// As text it is a kind, `event` or `event:`, `activity`, `permit`, `child`, `entity`, `timer`, `start`; or a kind and a name, `event:Approval`; or a
/// name alone, `Approval`, which an event, an activity, a sub-orchestration or an operation may have; or `any`. The names of events are
/// compared without regard to case, as events are; all others exactly. A sub-orchestration and an operation are also
/// found by the ID of the instance or entity. A name with a colon needs a kind before it.
public struct WaitCondition: Sendable, Hashable {
    /// The kind of the wait; `nil` for any.
    public var kind: OpenWait.Kind?
    /// The name; `nil` for any.
    public var name: String?

    /// A condition; without a kind and a name every instance that waits for anything meets it.
    public init(kind: OpenWait.Kind? = nil, name: String? = nil) {
        self.kind = kind
        self.name = name
    }

    /// An event of this name.
    public static func event(_ name: String) -> WaitCondition { WaitCondition(kind: .event, name: name) }

    /// An activity of this name.
    public static func activity(_ name: String) -> WaitCondition { WaitCondition(kind: .activity, name: name) }

    /// A sub-orchestration of this name, or with this instance ID.
    public static func child(_ name: String) -> WaitCondition { WaitCondition(kind: .child, name: name) }

    /// Whether a wait meets the condition.
    public func isMet(by wait: OpenWait) -> Bool {
        if let kind, kind != wait.kind { return false }
        guard let name else { return true }
        if wait.kind == .event {
            return wait.name.map { $0.lowercased().isExactly(name.lowercased()) } ?? false
        }
        return (wait.name?.isExactly(name) ?? false) || (wait.instanceID?.isExactly(name) ?? false)
    }

    /// Whether the row of an instance tells if it meets the condition, because events are in the row.
    package var isAboutEvents: Bool { kind == .event }
}

extension WaitCondition: LosslessStringConvertible {
    private static let kinds: [OpenWait.Kind] = [.event, .activity, .permit, .child, .entity, .timer, .start]
    private static let anything = "any"

    /// The condition as text.
    public var description: String {
        guard let kind else { return name ?? Self.anything }
        return kind.rawValue + (name.map { ":\($0)" } ?? "")
    }

    /// Reads a condition; `nil` for a text that is none.
    public init?(_ text: String) {
        guard Self.problem(text) == nil else { return nil }
        let (kind, name) = Self.parts(text)
        self.init(kind: kind.map(OpenWait.Kind.init), name: name)
    }

    /// The fault of a text that is no condition, with the remedy; `nil` if it is one.
    package static func problem(_ text: String) -> String? {
        let (kind, name) = parts(text)
        let example =
            "Write a kind (event, activity, permit, child, entity, timer, start), a kind and a name, as in event:Approval, a name, "
            + "or any."
        if let kind, !kinds.contains(OpenWait.Kind(rawValue: kind)) {
            return "'\(kind)' is no kind of wait. \(example)"
        }
        if text.isEmpty { return "There is no name. \(example)" }
        if let kind, kind == "timer" || kind == "start", name != nil {
            return "A \(kind) has no name: write '\(kind)' alone."
        }
        if let name, name.utf8.count > 512 { return "The name has \(name.utf8.count) bytes; 512 are allowed." }
        return nil
    }

    private static func parts(_ text: String) -> (kind: String?, name: String?) {
        if let colon = text.firstIndex(of: ":") {
            let name = text[text.index(after: colon)...]
            return (String(text[..<colon]), name.isEmpty ? nil : String(name))
        }
        if kinds.contains(OpenWait.Kind(rawValue: text)) { return (text, nil) }
        return (nil, text == anything ? nil : text)
    }
}

extension WaitCondition: Codable {
    /// Reads the text.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        if let problem = Self.problem(text) {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: problem)
        }
        let (kind, name) = Self.parts(text)
        self.init(kind: kind.map(OpenWait.Kind.init), name: name)
    }

    /// Writes the text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
