import WarrenConfiguration
import WarrenHost

/// What is wrong with sources, one line for each problem.
func problems(_ sources: ConfigurationSources) -> [String] {
    do throws(ConfigurationError) {
        _ = try LoadedConfiguration(sources)
        return []
    } catch {
        return error.problems.map(\.description)
    }
}

/// The problems of a file with a text, without the path of the folder.
func problems(ofFile text: String, name: String = "w.yaml") throws -> [String] {
    try Folder.with { folder in
        let path = try folder.file(name, text)
        return problems(ConfigurationSources(file: path)).map { $0.replacing(path, with: name) }
    }
}

/// The configuration that a file with a text makes.
func load(file text: String, name: String = "w.yaml") throws -> HostConfiguration {
    try Folder.with { folder in
        try LoadedConfiguration(ConfigurationSources(file: try folder.file(name, text))).host
    }
}
