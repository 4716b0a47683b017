import Warren

/// Colours for a terminal; plain text everywhere else.
struct Style {
    let isColourful: Bool

    /// The style for standard output.
    static var standard: Style { Style(isColourful: Console.isColourful) }

    func faint(_ text: String) -> String { coded(text, 2) }
    func red(_ text: String) -> String { coded(text, 31) }
    func green(_ text: String) -> String { coded(text, 32) }
    func yellow(_ text: String) -> String { coded(text, 33) }
    func cyan(_ text: String) -> String { coded(text, 36) }

    func status(_ status: RuntimeStatus, padding: Int = 0) -> String {
        let text = status.rawValue.padded(to: padding)
        return switch status {
        case .completed: green(text)
        case .failed: red(text)
        case .terminated, .canceled, .suspended: yellow(text)
        case .pending, .running, .continuedAsNew: cyan(text)
        }
    }

    func level(_ level: ConsoleLevel, _ text: String) -> String {
        switch level {
        case .debug: faint(text)
        case .info: text
        case .warning: yellow(text)
        case .error: red(text)
        }
    }

    private func coded(_ text: String, _ code: Int) -> String {
        isColourful ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}

extension String {
    /// The text with blanks after it, up to a width in characters.
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }

    /// The text cut to a width in characters, with an ellipsis in place of the rest.
    func shortened(to width: Int) -> String {
        count <= width ? self : prefix(max(0, width - 1)) + "…"
    }

    /// The text without control characters, so that text from a peer cannot control the terminal, and without marks that turn
    /// the direction of writing, so that it cannot reorder what stands beside it.
    var printable: String {
        guard unicodeScalars.contains(where: String.isControl) else { return self }
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars { result.append(String.isControl(scalar) ? "\u{FFFD}" : scalar) }
        return String(result)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.generalCategory == .control && scalar != "\t" || scalar.properties.isBidiControl
    }
}
