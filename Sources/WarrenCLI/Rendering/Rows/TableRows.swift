import WarrenStorage

/// Aligned columns with a heading. The widths are those of the first rows, which are held back for that; on a terminal long
/// values are cut.
struct TableRows: RowFormat {
    /// The number of rows that determine the widths.
    static let held = 500
    private static let widest = 80

    private let cutsValues: Bool
    private let style: Style
    private let print: (String) -> Void
    private var heading: [String] = []
    private var waiting: [[String]] = []
    private var widths: [Int]?
    private var count = 0

    init(
        cutsValues: Bool = Console.isTerminal, style: Style = .standard,
        print: @escaping (String) -> Void = { Console.out($0) }
    ) {
        self.cutsValues = cutsValues
        self.style = style
        self.print = print
    }

    mutating func begin(_ columns: [String]) {
        heading = columns.map { $0.printable.uppercased() }
    }

    mutating func add(_ row: [SQLValue]) {
        count += 1
        let texts = row.map { text($0) }
        if let widths { return print(line(texts, widths)) }
        waiting.append(texts)
        if waiting.count == Self.held { flush() }
    }

    mutating func end(isComplete: Bool) {
        if widths == nil, !heading.isEmpty { flush() }
        if count == 0, isComplete { Console.note("no rows") }
    }

    private mutating func flush() {
        let widths = heading.indices.map { column in
            waiting.reduce(heading[column].count) { max($0, $1[column].count) }
        }
        self.widths = widths
        if count > 0 { print(style.faint(line(heading, widths))) }
        for row in waiting { print(line(row, widths)) }
        waiting = []
    }

    private func line(_ row: [String], _ widths: [Int]) -> String {
        var line = zip(row, widths).map { $0.padded(to: $1) }.joined(separator: "  ")[...]
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    private func text(_ value: SQLValue) -> String {
        let text =
            switch value {
            case .null: ""
            case .integer(let number): "\(number)"
            case .real(let number): "\(number)"
            case .text(let text), .json(let text): text.printable
            case .blob(let bytes): "\(bytes.count) bytes"
            }
        return cutsValues ? text.shortened(to: Self.widest) : text
    }
}
