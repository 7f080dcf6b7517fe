import Codecs
import Crypto
import DeskCore
import Foundation

/// Turns the menu's sentences into sound files, only those whose text or way of rendering changed.
///
/// A recording called like the sound (`welcome.wav` below the language's folder) wins over a rendered one.
struct PromptRenderer: Sendable {
    /// What was made of what, so that the next run can tell what changed.
    struct Manifest: Codable, Equatable {
        static let fileName = "manifest.json"
        var version = 1
        /// Hash of everything the file depends on, by the sound's name.
        var sounds: [String: String] = [:]
    }

    struct Report: Equatable {
        var rendered = 0
        var recorded = 0
        var kept = 0
        var removed = 0
        var failures: [String] = []
    }

    /// A program with its arguments; `{text}`, `{voice}`, `{language}` and `{out}` are filled in, nothing else is.
    let command: [String]
    /// Samples a second: 8000 for `wav` as every Asterisk plays it.
    let rate: Int
    let folder: URL
    let recordings: URL?

    /// espeak-ng, a little slower than it talks by itself, as callers write numbers down.
    static let espeak = ["espeak-ng", "-v", "{voice}", "-s", "150", "-w", "{out}", "--", "{text}"]

    static func voice(_ language: Language) -> String {
        switch language {
        case .ptBR: "pt-br"
        case .ptPT: "pt"
        case .en: "en-us"
        }
    }

    /// Renders one language.
    ///
    /// - Throws: when the folder cannot be written; a sound that cannot be rendered is part of the report.
    func build(_ sounds: [PromptBook.Sound], _ language: Language) async throws -> Report {
        let place = folder.appending(path: language.rawValue)
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        // The PBX runs as another user than whoever renders: its own umask must not matter.
        for part in [folder, place] { try? PBXFile.hand(part, permissions: 0o755) }
        let manifestFile = place.appending(path: Manifest.fileName)
        var manifest = Manifest()
        if try FileLook.isThere(manifestFile.path) {
            // One that is damaged says nothing of the sounds: they are made anew. One that cannot be read is told.
            let bytes = try Data(contentsOf: manifestFile)
            manifest = (try? JSONCoding.value(Manifest.self, from: bytes)) ?? Manifest()
        }
        var report = Report()
        let wanted = Set(sounds.map(\.name))
        for name in manifest.sounds.keys where !wanted.contains(name) {
            try? FileManager.default.removeItem(at: file(name, in: place))
            manifest.sounds[name] = nil
            report.removed += 1
        }
        let work = try sounds.map { sound in Work(sound: sound, recording: try recording(sound.name, language)) }
        let due = try work.filter { item in
            let hash = try hash(item, language)
            let exists = try FileLook.isThere(file(item.sound.name, in: place).path)
            guard manifest.sounds[item.sound.name] != hash || !exists else {
                report.kept += 1
                return false
            }
            return true
        }
        // Two at a time: rendering is all processor work.
        try await withThrowingTaskGroup(of: (Work, String?).self) { group in
            var rest = due[...]
            func start() {
                guard let item = rest.popFirst() else { return }
                let out = file(item.sound.name, in: place)
                group.addTask { (item, await make(item, language, out)) }
            }
            for _ in 0..<2 { start() }
            for try await (item, failure) in group {
                if let failure {
                    report.failures.append("\(language.rawValue)/\(item.sound.name): \(failure)")
                } else {
                    manifest.sounds[item.sound.name] = try hash(item, language)
                    if item.recording == nil { report.rendered += 1 } else { report.recorded += 1 }
                }
                start()
            }
        }
        try JSONCoding.data(manifest, isIndented: true).write(to: manifestFile, options: .atomic)
        report.failures.sort()
        return report
    }

    private struct Work: Sendable {
        var sound: PromptBook.Sound
        var recording: URL?
    }

    private func file(_ name: String, in place: URL) -> URL { place.appending(path: "\(name).wav") }

    private func recording(_ name: String, _ language: Language) throws(StoreError) -> URL? {
        guard let recordings else { return nil }
        for suffix in ["wav", "flac", "ogg", "mp3"] {
            let file = recordings.appending(path: language.rawValue).appending(path: "\(name).\(suffix)")
            if try FileLook.isThere(file.path) { return file }
        }
        return nil
    }

    private func hash(_ item: Work, _ language: Language) throws -> String {
        var hash = SHA256()
        hash.update(data: Data("\(rate)|\(language.rawValue)|".utf8))
        if let recording = item.recording {
            hash.update(data: try Data(contentsOf: recording))
        } else {
            hash.update(data: Data((command + [item.sound.text]).joined(separator: "\u{0}").utf8))
        }
        return Hexadecimal.text(hash.finalize().prefix(16))
    }

    /// Makes one file: spoken or recorded, then brought into the PBX's format, then put in place whole.
    ///
    /// - Returns: what went wrong, nil when nothing did.
    private func make(_ item: Work, _ language: Language, _ out: URL) async -> String? {
        let spoken = out.appendingPathExtension("spoken.wav")
        let ready = out.appendingPathExtension("new.wav")
        defer {
            try? FileManager.default.removeItem(at: spoken)
            try? FileManager.default.removeItem(at: ready)
        }
        if item.recording == nil {
            let filled = command.map {
                $0.replacing("{text}", with: item.sound.text).replacing("{voice}", with: Self.voice(language))
                    .replacing("{language}", with: language.rawValue).replacing("{out}", with: spoken.path)
            }
            if let failure = await Program.run(filled) { return failure }
        }
        let source = (item.recording ?? spoken).path
        // Recordings stay as loud as they are; rendered ones are brought to -3 dB. Silence at the ends is cut.
        var convert = ["sox", source, "-r", String(rate), "-c", "1", "-b", "16", "-e", "signed-integer", ready.path]
        if item.recording == nil {
            convert += [
                "norm", "-3", "silence", "1", "0.02", "0.5%", "reverse", "silence", "1", "0.02", "0.5%", "reverse",
                "pad", "0", "0.08",
            ]
        }
        if let failure = await Program.run(convert) { return failure }
        try? PBXFile.hand(ready, permissions: 0o644)
        guard rename(ready.path, out.path) == 0 else { return "the file cannot be put in place" }
        return nil
    }
}

/// Running one program to its end.
enum Program {
    /// Runs it with `environment` besides ours, and ends it after `limit`.
    ///
    /// - Returns: why it failed, nil when it did not.
    static func run(
        _ command: [String],
        environment: [String: String] = [:],
        limit: Duration? = nil
    ) async -> String? {
        guard let name = command.first else { return "the command is empty" }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        if !environment.isEmpty {
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        return await withCheckedContinuation { done in
            process.terminationHandler = { process in
                switch process.terminationStatus {
                case 0: done.resume(returning: nil)
                case 127: done.resume(returning: "\(name) is not installed")
                case let status: done.resume(returning: "\(name) ended with \(status)")
                }
            }
            do { try process.run() } catch {
                done.resume(returning: "\(name) cannot be started")
                return
            }
            guard let limit else { return }
            // KILL: children inherit the signals our threads have blocked.
            DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(Int(limit.components.seconds))) {
                if process.isRunning { kill(process.processIdentifier, SIGKILL) }
            }
        }
    }
}
