/// A check of a document before the YAML parser sees it. The parser calls itself for each level of nesting and expands aliases,
/// so a small file could take all of the stack, or hours. What a configuration does not need is refused: anchors, aliases, tags,
/// blocks of text, deep nesting.
struct DocumentGuard {
    /// The most levels within brackets and braces.
    static let flowDepth = 16
    /// The most columns before the text of a line: each level of a block takes at least one.
    static let indentation = 64

    private var quote: Unicode.Scalar?
    private var isEscaped = false
    private var depth = 0
    /// The last scalar of the line that is no blank, and whether blanks came after it.
    private var last: Unicode.Scalar?
    private var isAfterBlank = true

    /// What is wrong with a document, and the number of the line; `nil` if the parser can have it.
    static func complaint(about document: String) -> (line: Int, message: String)? {
        var guarding = DocumentGuard()
        let lines = document.unicodeScalars.split(omittingEmptySubsequences: false) { Self.isBreak($0) }
        for (number, line) in lines.enumerated() {
            if let message = guarding.complaint(aboutLine: line) { return (number + 1, message) }
        }
        return nil
    }

    private mutating func complaint(aboutLine line: Substring.UnicodeScalarView) -> String? {
        if quote == nil,
            line.prefix(while: { $0 == " " || $0 == "-" || $0 == "?" || $0 == "\t" }).count > Self.indentation
        {
            return
                "it is indented by more than \(Self.indentation) columns; a configuration has groups and values, no more."
        }
        (last, isAfterBlank) = (nil, true)
        for scalar in line {
            if quote != nil {
                endQuote(at: scalar)
                continue
            }
            if scalar == " " || scalar == "\t" {
                isAfterBlank = true
                continue
            }
            if scalar == "#", isAfterBlank { return nil }
            if let message = complaint(about: scalar) { return message }
            (last, isAfterBlank) = (scalar, false)
        }
        return nil
    }

    /// Whether a value or a key begins here, so that a scalar has its meaning for YAML and is no part of a text.
    private var isStart: Bool {
        switch last {
        case nil: true
        case "[", "{", ",": depth > 0
        case ":": isAfterBlank || depth > 0
        case "-", "?": isAfterBlank
        default: false
        }
    }

    private mutating func complaint(about scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "[", "{":
            guard depth > 0 || isStart else { return nil }
            depth += 1
            guard depth > Self.flowDepth else { return nil }
            return
                "it is nested more than \(Self.flowDepth) levels deep; a configuration has groups and values, no more."
        case "]", "}":
            depth = max(0, depth - 1)
            return nil
        case "\"", "'":
            if isStart || last == "'" && scalar == "'" && !isAfterBlank { quote = scalar }
            return nil
        case "&", "*", "!", "|", ">":
            guard isStart else { return nil }
            return
                "a value that begins with '\(scalar)' is not read: anchors, aliases, tags and blocks of text have no place "
                + "here. Put a text that begins so in quotes."
        default: return nil
        }
    }

    private mutating func endQuote(at scalar: Unicode.Scalar) {
        if isEscaped {
            isEscaped = false
        } else if scalar == "\\", quote == "\"" {
            isEscaped = true
        } else if scalar == quote {
            // A doubled single quote stands for one, and opens again what the first of the two has closed.
            (quote, last, isAfterBlank) = (nil, scalar, false)
        }
    }

    /// Whether YAML 1.1 ends a line with it.
    private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
        ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"].contains(scalar)
    }
}
