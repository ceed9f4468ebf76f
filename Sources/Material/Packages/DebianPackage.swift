import Dispatch
import Foundation
import LoRWeBFiles
import Synchronization

/// Fetching and unpacking Debian packages with Debian's own programs; nothing is installed.
struct DebianPackage {
  let name: String

  /// The package's .deb file in a folder, the last by name if there are several versions.
  /// - Throws: `GatheringError.notFetched`, `FolderError.unlistable`.
  func file(in folder: URL) throws -> URL {
    guard let file = try Folder.names(in: folder).last(where: { $0.hasPrefix("\(name)_") && $0.hasSuffix(".deb") }) else {
      throw GatheringError.notFetched(
        package: name,
        reason: "\(folder.path(percentEncoded: false)) has no file \(name)_*.deb; put it there, or have it fetched")
    }
    return folder.appending(path: file)
  }

  /// Fetches the package into a folder with `apt-get download`.
  /// - Throws: `GatheringError`, `CancellationError`.
  func fetch(into folder: URL) throws -> URL {
    let program = "apt-get"
    let run = try Self.run(
      program, ["download", "-q", name], in: folder,
      advice: "packages are fetched on Debian and its kin; elsewhere name a folder of .deb files")
    if run.status != 0 {
      throw GatheringError.notFetched(
        package: name, reason: "\(program) says \(run.complaint); check the network, then run apt-get update")
    }
    return try file(in: folder)
  }

  /// Unpacks a .deb file into a folder with `dpkg-deb -x`.
  /// - Throws: `GatheringError`, `CancellationError`.
  func unpack(_ file: URL, into folder: URL) throws {
    let run = try Self.run(
      "dpkg-deb", ["-x", file.path(percentEncoded: false), folder.path(percentEncoded: false)], in: folder,
      advice: "it unpacks .deb files; install Debian's dpkg (macOS: brew install dpkg)")
    if run.status != 0 {
      throw GatheringError.notUnpacked(file: file.path(percentEncoded: false), reason: "dpkg-deb says \(run.complaint)")
    }
  }

  /// Ending and last line on standard error of a program.
  private struct Run {
    let status: Int32
    let complaint: String
  }

  /// Runs a program to its end, or ends it when this task is cancelled: on a slow network a package takes minutes.
  private static func run(_ name: String, _ arguments: [String], in folder: URL, advice: String) throws -> Run {
    let places = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0)) }
    let candidates = places.map { $0.appending(path: name).path(percentEncoded: false) }
    guard let program = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw GatheringError.noProgram(name: name, advice: advice)
    }
    let process = Process()
    let errors = Pipe()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = errors
    do {
      try process.run()
    } catch {
      throw GatheringError.noProgram(name: name, advice: advice)
    }
    let said = Mutex(Data())
    let reading = DispatchGroup()
    DispatchQueue.global().async(group: reading) {
      let data = errors.fileHandleForReading.readDataToEndOfFile()
      said.withLock { $0 = data }
    }
    while reading.wait(timeout: .now() + .milliseconds(100)) == .timedOut {
      // A program inherits what this one ignores, so nothing milder need reach it; all it writes is in a folder that goes.
      if Task.isCancelled { kill(process.processIdentifier, SIGKILL) }
    }
    process.waitUntilExit()
    try Task.checkCancellation()
    let text = String(decoding: said.withLock { $0 }, as: UTF8.self)
    let lines = text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
    let complaint =
      lines.last { $0.hasPrefix("E:") || $0.contains("error:") } ?? lines.last
      ?? "nothing and ended with \(process.terminationStatus)"
    return Run(status: process.terminationStatus, complaint: complaint.trimmingCharacters(in: [".", " "]))
  }
}
