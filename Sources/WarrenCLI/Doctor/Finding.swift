import WarrenSupport

/// The result of one check of one thing.
struct Finding: Sendable, Hashable {
    enum Level: String, Sendable, Hashable, CaseIterable {
        case ok
        /// No fault yet, or a fault only in some setups.
        case advice
        case wrong
    }

    let check: String
    let level: Level
    /// What was found.
    let text: String
    /// Why it matters.
    let why: String?
    /// The command that mends it, or the thing to do.
    let remedy: String?

    /// A thing that is as it should be.
    static func ok(_ check: String, _ text: String) -> Finding {
        Finding(check: check, level: .ok, text: text, why: nil, remedy: nil)
    }

    static func advice(_ check: String, _ text: String, why: String, remedy: String) -> Finding {
        Finding(check: check, level: .advice, text: text, why: why, remedy: remedy)
    }

    static func wrong(_ check: String, _ text: String, why: String, remedy: String) -> Finding {
        Finding(check: check, level: .wrong, text: text, why: why, remedy: remedy)
    }

    /// The lines for people.
    func lines(_ style: Style) -> [String] {
        let word = level.rawValue.padded(to: Self.levelWidth)
        let coloured =
            switch level {
            case .ok: style.green(word)
            case .advice: style.yellow(word)
            case .wrong: style.red(word)
            }
        let indent = String(repeating: " ", count: Self.levelWidth + Self.checkWidth + 4)
        var lines = ["\(coloured)  \(check.padded(to: Self.checkWidth))  \(text.printable)"]
        if let why { lines.append(indent + style.faint("why:  " + why.printable)) }
        if let remedy { lines.append(indent + "mend: " + remedy.printable) }
        return lines
    }

    var json: String {
        var object = JSONObjectWriter()
        object.add("check", check)
        object.add("level", level.rawValue)
        object.add("found", text)
        if let why { object.add("why", why) }
        if let remedy { object.add("remedy", remedy) }
        return object.text
    }

    private static let levelWidth = 6
    private static let checkWidth = 10
}
