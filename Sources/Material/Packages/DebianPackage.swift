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
    let complaint = try Self.run(
      program, ["download", "-q", name], in: folder,
      advice: "packages are fetched on Debian and its kin; elsewhere name a folder of .deb files")
    if let complaint {
      throw GatheringError.notFetched(
        package: name, reason: "\(program) says \(complaint); check the network, then run apt-get update")
    }
    return try file(in: folder)
  }

  /// Unpacks a .deb file into a folder with `dpkg-deb -x`.
  /// - Throws: `GatheringError`, `CancellationError`.
  func unpack(_ file: URL, into folder: URL) throws {
    let complaint = try Self.run(
      "dpkg-deb", ["-x", file.path(percentEncoded: false), folder.path(percentEncoded: false)], in: folder,
      advice: "it unpacks .deb files; install Debian's dpkg (macOS: brew install dpkg)")
    if let complaint {
      throw GatheringError.notUnpacked(file: file.path(percentEncoded: false), reason: "dpkg-deb says \(complaint)")
    }
  }

  /// Runs a program to its end, or ends it when this task is cancelled: on a slow network a package takes minutes.
  /// - Returns: what it complained of if it failed.
  private static func run(_ name: String, _ arguments: [String], in folder: URL, advice: String) throws -> String? {
    let environment = ProcessInfo.processInfo.environment
    let places = (environment["PATH"] ?? "").split(separator: ":").map { URL(filePath: String($0)).appending(path: name) }
    let (process, errors) = (Process(), Pipe())
    process.executableURL = places.first { FileManager.default.isExecutableFile(atPath: $0.path(percentEncoded: false)) }
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment.merging(["LC_ALL": "C"]) { $1 }
    (process.standardInput, process.standardOutput) = (FileHandle.nullDevice, FileHandle.nullDevice)
    process.standardError = errors
    guard process.executableURL != nil, (try? process.run()) != nil else {
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
    let complaint = lines.last { $0.hasPrefix("E:") || $0.contains("error:") } ?? lines.last
    let status = process.terminationStatus
    return status == 0 ? nil : (complaint ?? "nothing and ended with \(status)").trimmingCharacters(in: [".", " "])
  }
}
