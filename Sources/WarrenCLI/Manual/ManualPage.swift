/// A page of the manual about one command, in the language of man(7) pages that every `man` reads.
struct ManualPage {
    let node: HelpNode
    /// The version of the program, for the foot of the page.
    let version: String

    /// The name of the page's file.
    var fileName: String { node.page + ".1" }

    var text: String {
        var lines = [
            #".\" Written by 'warren man'; changes belong into the command's own help."#,
            ".TH \(Self.argument(node.page.uppercased())) 1 \"\" \(Self.argument(version)) \"Warren\"",
            ".SH NAME", "\(Self.escaped(node.page)) \\- \(Self.escaped(about))",
            ".SH SYNOPSIS", ".nh", ".B \(Self.escaped(node.path.joined(separator: " ")))",
        ]
        lines += synopsis
        lines.append(".hy")
        if !node.discussion.isEmpty {
            lines.append(".SH DESCRIPTION")
            lines += Self.prose(node.discussion)
        }
        if !node.children.isEmpty {
            lines.append(".SH COMMANDS")
            for child in node.children {
                lines += [".TP", ".BR \(Self.escaped(child.page)) (1)", Self.escaped(child.about)]
            }
        }
        lines += options
        lines += seeAlso
        return lines.joined(separator: "\n") + "\n"
    }

    /// The abstract as the name's line wants it: one line without a full stop.
    private var about: String {
        let text = node.about.split(whereSeparator: \.isNewline).joined(separator: " ")
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    private var synopsis: [String] {
        var lines = node.options.filter { $0.section == nil && !["--version", "--help"].contains($0.names.last) }
            .map { option in
                let text = option.isOptional ? "[\(option.synopsis)]" : option.synopsis
                return Self.escaped(text + (option.isRepeating ? " ..." : ""))
            }
        if !node.children.isEmpty { lines.append(Self.escaped("<command>")) }
        if node.options.contains(where: { $0.section != nil }) { lines.append("[options]") }
        return lines
    }

    /// The options under their titles, those without a title first.
    private var options: [String] {
        var sections: [(title: String, options: [HelpNode.Option])] = []
        for option in node.options {
            let title = (option.section ?? "Options").uppercased()
            if let index = sections.firstIndex(where: { $0.title == title }) {
                sections[index].options.append(option)
            } else {
                sections.append((title, [option]))
            }
        }
        return sections.flatMap { section in
            [".SH \(Self.argument(section.title))"]
                + section.options.flatMap { option in
                    let names = option.names.joined(separator: ", ")
                    let value = option.value.map { "<\($0)>" }
                    let head = [names.isEmpty ? nil : names, value].compactMap { $0 }.joined(separator: " ")
                    return [".TP", ".B \(Self.escaped(head))", Self.escaped(option.about)]
                }
        }
    }

    private var seeAlso: [String] {
        let parents = (1..<max(1, node.path.count)).map { node.path.prefix($0).joined(separator: "-") }
        guard !parents.isEmpty else { return [] }
        let names = parents.enumerated().map { index, name in
            ".BR \(Self.escaped(name)) (1)\(index + 1 < parents.count ? "," : "")"
        }
        return [".SH SEE ALSO"] + names
    }

    /// Paragraphs as they are; a line in capitals is a heading, and an indented line keeps its form.
    private static func prose(_ text: String) -> [String] {
        var lines: [String] = []
        var isExample = false
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let isIndented = line.hasPrefix("  ")
            if isIndented != isExample {
                lines += isIndented ? [".PP", ".nf", ".RS 4"] : [".RE", ".fi"]
                isExample = isIndented
            }
            if isIndented {
                lines.append(escaped(String(line.dropFirst(2))))
            } else if line.allSatisfy({ $0 == " " }) {
                lines.append(".PP")
            } else if line.allSatisfy({ $0.isUppercase || $0 == " " }) {
                lines.append(".SS \(argument(String(line)))")
            } else {
                lines.append(escaped(String(line)))
            }
        }
        if isExample { lines += [".RE", ".fi"] }
        // Two breaks in a row are one, and a heading has its own.
        var result: [String] = []
        for line in lines {
            if line == ".PP", result.last == ".PP" || result.last?.hasPrefix(".SS") == true { continue }
            if line.hasPrefix(".SS"), result.last == ".PP" { result.removeLast() }
            result.append(line)
        }
        while result.last == ".PP" { result.removeLast() }
        return result
    }

    /// Text that troff prints as it is.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "`": result += "\\(ga"
            case "^": result += "\\(ha"
            case "~": result += "\\(ti"
            case "\"": result += "\\(dq"
            default:
                // Formatters take ASCII alone.
                for scalar in character.unicodeScalars {
                    result += scalar.isASCII ? String(scalar) : "\\[u\(hexadecimal(scalar.value))]"
                }
            }
        }
        // A line that begins so would be a request.
        return result.hasPrefix(".") ? "\\&" + result : result
    }

    /// At least four digits, as names of glyphs have them.
    private static func hexadecimal(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// Text as one argument of a request.
    private static func argument(_ text: String) -> String { "\"\(escaped(text))\"" }
}
