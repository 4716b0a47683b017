#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Describes the JSON of a type, in words for readers without knowledge of Swift.
struct JSONTypeWords {
    /// `an array of strings`
    var one: String
    /// `arrays of strings`
    var many: String

    private init(_ one: String, _ many: String) {
        self.one = one
        self.many = many
    }

    init(_ type: any Any.Type) {
        self = Self.words(type, depth: 0)
    }

    /// The depth limit: types can contain themselves.
    private static let maximumDepth = 8

    private static func words(_ type: any Any.Type, depth: Int) -> JSONTypeWords {
        guard depth < maximumDepth else { return JSONTypeWords("JSON", "JSON values") }
        if let scalar = scalar(type) { return scalar }
        if let composed = type as? any JSONComposed.Type {
            return composed.words { words($0, depth: depth + 1) }
        }
        if let choice = type as? any RawRepresentable.Type { return words(of: choice, depth) }
        if let decodable = type as? any Decodable.Type {
            switch ShapeProbe.shape(of: decodable) {
            case .object?: return JSONTypeWords("an object", "objects")
            case .array?: return JSONTypeWords("an array", "arrays")
            case .scalar(let inner)?: return words(inner, depth: depth + 1)
            case nil: break
            }
        }
        return JSONTypeWords("JSON of another shape", "JSON values of another shape")
    }

    private static func scalar(_ type: any Any.Type) -> JSONTypeWords? {
        switch type {
        case is String.Type, is Substring.Type, is Character.Type: JSONTypeWords("a string", "strings")
        case is Bool.Type: JSONTypeWords("true or false", "truth values")
        case is Int.Type, is Int64.Type: JSONTypeWords("a whole number", "whole numbers")
        case let integer as any FixedWidthInteger.Type: range(of: integer)
        case is Double.Type, is Float.Type, is Decimal.Type: JSONTypeWords("a number", "numbers")
        case is Date.Type:
            JSONTypeWords("a time such as \"2026-03-01T12:00:00Z\"", "times such as \"2026-03-01T12:00:00Z\"")
        case is UUID.Type: JSONTypeWords("a UUID as a string", "UUIDs as strings")
        case is URL.Type: JSONTypeWords("a URL as a string", "URLs as strings")
        case is Data.Type: JSONTypeWords("Base64 text as a string", "Base64 texts as strings")
        case is JSONValue.Type, is Payload.Type: JSONTypeWords("any JSON", "JSON values")
        case is Void.Type: JSONTypeWords("nothing", "nothings")
        default: nil
        }
    }

    private static func range<Number: FixedWidthInteger>(of type: Number.Type) -> JSONTypeWords {
        let range = "from \(Number.min) to \(Number.max)"
        return JSONTypeWords("a whole number \(range)", "whole numbers \(range)")
    }

    /// The words for a type with a few named values.
    private static func words<Choice: RawRepresentable>(of type: Choice.Type, _ depth: Int) -> JSONTypeWords {
        if let all = (type as? any CaseIterable.Type).map({ rawTexts(of: $0) }), (1...12).contains(all.count) {
            let list = all.joined(separator: ", ")
            return JSONTypeWords(all.count == 1 ? list : "one of \(list)", "values out of \(list)")
        }
        return words(Choice.RawValue.self, depth: depth + 1)
    }

    private static func rawTexts<Choice: CaseIterable>(of type: Choice.Type) -> [String] {
        Array(type.allCases.prefix(13)).compactMap { value in
            guard let raw = (value as? any RawRepresentable)?.rawValue else { return nil }
            return raw is String ? "\"\(raw)\"" : "\(raw)"
        }
    }
}

/// A type made of other types, which describes itself in terms of them.
private protocol JSONComposed {
    static func words(_ inner: (any Any.Type) -> JSONTypeWords) -> JSONTypeWords
}

extension JSONTypeWords {
    fileprivate static func array(of element: JSONTypeWords) -> JSONTypeWords {
        JSONTypeWords("an array of \(element.many)", "arrays of \(element.many)")
    }

    fileprivate static func composed(_ one: String, _ many: String) -> JSONTypeWords { JSONTypeWords(one, many) }
}

extension Optional: JSONComposed {
    fileprivate static func words(_ inner: (any Any.Type) -> JSONTypeWords) -> JSONTypeWords {
        let wrapped = inner(Wrapped.self)
        return .composed("\(wrapped.one) or null", "\(wrapped.many) or nulls")
    }
}

extension Array: JSONComposed {
    fileprivate static func words(_ inner: (any Any.Type) -> JSONTypeWords) -> JSONTypeWords {
        Element.self == Any.self ? .composed("an array", "arrays") : .array(of: inner(Element.self))
    }
}

extension ContiguousArray: JSONComposed {
    fileprivate static func words(_ inner: (any Any.Type) -> JSONTypeWords) -> JSONTypeWords {
        .array(of: inner(Element.self))
    }
}

extension Set: JSONComposed {
    fileprivate static func words(_ inner: (any Any.Type) -> JSONTypeWords) -> JSONTypeWords {
        .array(of: inner(Element.self))
    }
}

extension Dictionary: JSONComposed {
    fileprivate static func words(_ inner: (any Any.Type) -> JSONTypeWords) -> JSONTypeWords {
        guard Value.self != Any.self else { return .composed("an object", "objects") }
        let value = inner(Value.self)
        // Keys of other types are written one after the other, each before its value.
        guard Key.self == String.self || Key.self == Int.self || Key.self is any CodingKeyRepresentable.Type else {
            return .composed("an array of keys and values", "arrays of keys and values")
        }
        return .composed("an object of \(value.many)", "objects of \(value.many)")
    }
}
