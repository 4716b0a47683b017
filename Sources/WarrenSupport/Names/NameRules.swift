/// The rules for names and IDs, which become routing keys, queue names and URL paths.
package enum NameRules {
    /// The fault of an event's name; `nil` if it has none. Events may have nearly any name.
    package static func problem(eventName: String) -> String? {
        guard !eventName.isEmpty else { return "An event's name is empty." }
        guard eventName.utf8.count <= 100 else {
            return "The event's name '\(eventName)' has \(eventName.utf8.count) bytes; 100 are allowed."
        }
        let isClean = !hasControlCharacter(eventName) && !eventName.utf8.contains(UInt8(ascii: "/"))
        return isClean ? nil : "The event's name '\(eventName)' has a control character or '/'."
    }

    /// The beginning of the names of functions that Warren itself brings; what follows is a name.
    package static let builtInPrefix = "BuiltIn::"

    /// The fault of a function's name; `nil` if it has none.
    package static func problem(name: String) -> String? {
        if name.utf8.contains(UInt8(ascii: ":")), name.hasPrefix(builtInPrefix) {
            return problem(name: String(name.dropFirst(builtInPrefix.count)))
        }
        let bytes = name.utf8
        guard let first = bytes.first else { return "A name is empty." }
        guard isLetter(first) || first == UInt8(ascii: "_") else {
            return "The name '\(name)' does not begin with a letter or '_'."
        }
        guard bytes.count <= 100 else { return "The name '\(name)' has \(bytes.count) characters; 100 are allowed." }
        let isClean = bytes.allSatisfy {
            isLetter($0) || $0 &- 0x30 < 10 || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
                || $0 == UInt8(ascii: "-")
        }
        return isClean ? nil : "The name '\(name)' has characters other than letters, digits, '_', '.' and '-'."
    }

    /// The fault of a chosen instance ID; `nil` if it has none.
    package static func problem(instanceID: String) -> String? {
        guard let first = instanceID.unicodeScalars.first else { return "The instance ID is empty." }
        guard first != "@", first != "$" else { return "The instance ID '\(instanceID)' begins with '\(first)'." }
        // Clients and proxies remove them from a path before it is sent.
        guard instanceID != ".", instanceID != ".." else {
            return "The instance ID '\(instanceID)' is a step in a path."
        }
        guard instanceID.utf8.count <= 128 else { return "The instance ID '\(instanceID)' is longer than 128 bytes." }
        let isClean = !hasControlCharacter(instanceID) && !hasPathCharacter(instanceID)
        return isClean ? nil : "The instance ID '\(instanceID)' has a control character or one of / \\ # ? *."
    }

    /// Whether a text has a control character (Unicode's category Cc): U+0000 to U+001F and U+007F to U+009F.
    ///
    /// It reads bytes, since every message has several texts to check, and looking up the category of a scalar is slow.
    package static func hasControlCharacter(_ text: String) -> Bool {
        func has(_ bytes: some Sequence<UInt8>) -> Bool {
            var previous: UInt8 = 0
            for byte in bytes {
                // U+0080 to U+009F are 0xC2 0x80 to 0xC2 0x9F.
                if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && (0x80...0x9F).contains(byte)) { return true }
                previous = byte
            }
            return false
        }
        return text.utf8.withContiguousStorageIfAvailable { has($0) } ?? has(text.utf8)
    }

    /// Whether a text has one of `/ \ # ? *`, which separate the parts of URLs, of files' paths and of routing keys.
    package static func hasPathCharacter(_ text: String) -> Bool {
        text.utf8.contains { byte in
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "\\"), UInt8(ascii: "#"), UInt8(ascii: "?"), UInt8(ascii: "*"): true
            default: false
            }
        }
    }

    /// Traps on a bad name of a reference, which is a mistake in the source: it never works, so it stops the program at
    /// once.
    package static func require(name: String, file: StaticString, line: UInt) {
        // trap: references are written in the source; names that data makes are asked for with `problem(name:)`.
        if let problem = problem(name: name) { preconditionFailure(problem, file: file, line: line) }
    }

    /// Traps on a bad name of an event.
    package static func require(eventName: String, file: StaticString, line: UInt) {
        // trap: references are written in the source; names that data makes are asked for with `problem(eventName:)`.
        if let problem = problem(eventName: eventName) { preconditionFailure(problem, file: file, line: line) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
