package import Warren
import WarrenSupport

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Keeps payloads as files of a folder that all processes of the hub see.
///
/// The payloads of an instance are in a folder of their own: `<directory>/<hub>/<xx>/<SHA-256 of the ID>/`, with the ID in
/// the file `instance`, and each payload in a file with its digest as the name. A file is written under another name, made
/// durable, and renamed, so that whatever has the name is whole.
package struct PayloadFolder: PayloadStore {
    private static let idFile = "instance"
    /// The number of attempts to write into a folder that others remove because it was empty.
    private static let attempts = 5

    private let root: String

    /// Opens the folder of a hub, and makes it if it is missing.
    ///
    /// - Throws: `.unavailable`.
    package init(directory: String, hub: String) throws(PayloadStoreError) {
        root = "\(directory)/\(hub)"
        try Self.makeFolder(root)
    }

    // MARK: - Putting and getting

    package func put(_ payload: [UInt8], for instanceIDs: [String]) throws(PayloadStoreError) -> PayloadReference {
        let reference = PayloadReference(of: payload)
        var first: String?
        for id in instanceIDs {
            let folder = folder(of: id)
            let path = "\(folder)/\(reference.digest)"
            var attempt = 1
            while true {
                do throws(PayloadStoreError) {
                    try prepare(folder, of: id)
                    try write(payload, to: path, in: folder, existing: first)
                    break
                } catch {
                    // A folder that was just emptied is removed by a purge or a sweep.
                    guard error.code == .missing, attempt < Self.attempts else {
                        throw error.code == .missing ? PayloadStoreError(.unavailable, error.message) : error
                    }
                    attempt += 1
                }
            }
            first = first ?? path
        }
        return reference
    }

    package func get(_ reference: PayloadReference, of instanceID: String) throws(PayloadStoreError) -> [UInt8] {
        let path = "\(folder(of: instanceID))/\(reference.digest)"
        let file: PayloadFile
        do throws(PayloadStoreError) {
            file = try PayloadFile(reading: path)
        } catch {
            // A file system that is not mounted has no payloads, and is not proof that there are none.
            guard error.code == .missing, !PayloadFile.exists(root) else { throw error }
            throw PayloadStoreError(.unavailable, "The payload folder '\(root)' is not there.")
        }
        defer { file.close() }
        guard try file.size() == reference.bytes else {
            throw PayloadStoreError(.damaged, "The payload '\(path)' does not have its \(reference.bytes) bytes.")
        }
        let bytes = try file.read(reference.bytes)
        guard PayloadReference(of: bytes) == reference else {
            throw PayloadStoreError(.damaged, "The bytes of the payload '\(path)' are not those that were stored.")
        }
        return bytes
    }

    private func write(
        _ payload: [UInt8], to path: String, in folder: String, existing first: String?
    ) throws(PayloadStoreError) {
        // It counts as new, for a sweep that looks for old ones.
        if try PayloadFile.refresh(path, size: payload.count) { return }
        if let first, link(first, path) == 0 {
            try PayloadFile.makeDurable(folder: folder)
            return
        }
        let draft = "\(folder)/.\(String(UInt64.random(in: 0 ... .max), radix: 16)).tmp"
        do throws(PayloadStoreError) {
            let file = try PayloadFile(making: draft)
            defer { file.close() }
            try file.write(payload)
        } catch {
            unlink(draft)
            throw error
        }
        guard rename(draft, path) == 0 else {
            let error = PayloadStoreError.system("A payload cannot be stored", path)
            unlink(draft)
            throw error
        }
        try PayloadFile.makeDurable(folder: folder)
    }

    // MARK: - Removing

    package func holdsAny(of instanceID: String) -> Bool { PayloadFile.exists(folder(of: instanceID)) }

    package func remove(_ payloads: [String: Timestamp], of instanceID: String) throws(PayloadStoreError) {
        let folder = folder(of: instanceID)
        guard !payloads.isEmpty, let names = try PayloadFile.names(in: folder) else { return }
        for name in names where name != Self.idFile {
            let path = "\(folder)/\(name)"
            guard let time = payloads[name], let stored = PayloadFile.time(of: path), stored < time else { continue }
            unlink(path)
        }
        removeIfEmpty(folder, of: instanceID)
    }

    package func sweep(
        before time: Timestamp, needed: (_ instanceID: String, _ digests: Set<String>) throws -> Set<String>?
    ) throws -> Int {
        var removed = 0
        for group in try PayloadFile.names(in: root) ?? [] {
            for name in try PayloadFile.names(in: "\(root)/\(group)") ?? [] {
                let folder = "\(root)/\(group)/\(name)"
                // 1. Find the instance of the payloads, and the old ones among them.
                guard let id = PayloadFile.text(of: "\(folder)/\(Self.idFile)"), self.folder(of: id) == folder else {
                    continue
                }
                let all = (try PayloadFile.names(in: folder) ?? []).filter { $0 != Self.idFile }
                let old = all.filter { PayloadFile.time(of: "\(folder)/\($0)").map { $0 < time } ?? false }
                guard !old.isEmpty || all.isEmpty else { continue }
                // 2. Remove those that nobody needs. One that was stored again meanwhile is new.
                guard let kept = try needed(id, Set(old.filter { !$0.hasPrefix(".") })) else { continue }
                for file in old where !kept.contains(file) {
                    let path = "\(folder)/\(file)"
                    guard let stored = PayloadFile.time(of: path), stored < time else { continue }
                    if unlink(path) == 0 { removed += 1 }
                }
                // 3. Remove the folder of an instance without payloads.
                removeIfEmpty(folder, of: id)
            }
        }
        return removed
    }

    /// Removes a folder that has nothing but the instance's ID. One that is used meanwhile stays.
    private func removeIfEmpty(_ folder: String, of id: String) {
        let names: [String]?
        do throws(PayloadStoreError) {
            names = try PayloadFile.names(in: folder)
        } catch {
            // It stays, and the next sweep finds it.
            return
        }
        guard let names, names.allSatisfy({ $0 == Self.idFile }) else { return }
        unlink("\(folder)/\(Self.idFile)")
        guard rmdir(folder) != 0, errno == ENOTEMPTY || errno == EEXIST else { return }
        // Another process has stored a payload in between, and found the ID in its place.
        do throws(PayloadStoreError) {
            try prepare(folder, of: id)
        } catch {
            // Without the ID, sweeps leave the folder alone until another payload is stored there.
        }
    }

    // MARK: - Folders

    private func folder(of instanceID: String) -> String {
        var hash = SHA256()
        hash.add(Array(instanceID.utf8))
        let name = PayloadReference.hexadecimal(hash.digest())
        return "\(root)/\(name.prefix(2))/\(name)"
    }

    private func prepare(_ folder: String, of id: String) throws(PayloadStoreError) {
        let path = "\(folder)/\(Self.idFile)"
        guard !PayloadFile.exists(path) else { return }
        try Self.makeFolder(folder)
        let draft = "\(folder)/.\(String(UInt64.random(in: 0 ... .max), radix: 16)).tmp"
        let file = try PayloadFile(making: draft)
        defer { file.close() }
        try file.write(Array(id.utf8))
        guard rename(draft, path) == 0 else {
            throw .system("The folder of an instance's payloads cannot be made", folder)
        }
    }

    /// Makes a folder, and those above it, for this user only.
    private static func makeFolder(_ path: String) throws(PayloadStoreError) {
        if mkdir(path, 0o700) == 0 {
            if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                try PayloadFile.makeDurable(folder: String(path[..<slash]))
            }
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT:
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { break }
            try makeFolder(String(path[..<slash]))
            guard mkdir(path, 0o700) == 0 || errno == EEXIST else { break }
            return try PayloadFile.makeDurable(folder: String(path[..<slash]))
        default: break
        }
        throw .system("The payload folder cannot be made", path)
    }
}
