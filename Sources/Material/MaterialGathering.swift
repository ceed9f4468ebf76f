import Foundation
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBPictures

/// Makes a folder of material out of Debian packages: fetched, unpacked, brought to working size, divided, and credited.
public struct MaterialGathering {
  public enum Progress: Sendable {
    case fetching(package: String, fraction: Double)
    case unpacking(package: String, fraction: Double)
    case pictures(done: Int, of: Int)
  }

  private let output: URL
  private let packages: URL?

  /// - Parameter packages: a folder of .deb files; fetched if nil.
  /// - Throws: `FolderError.unwritable` if there is something at `output` already.
  public init(output: URL, packages: URL? = nil) throws {
    (self.output, self.packages) = (output, packages)
    try Folder.checkFree(output)
  }

  /// Does it all. The folder appears only when everything is in it.
  /// - Parameter progress: called on this thread; what it throws ends the work.
  /// - Throws: `GatheringError`, `FolderError.unwritable`, `CheckpointError.unwritable`.
  public func run(progress: (Progress) throws -> Void) throws -> MaterialReport {
    do {
      return try AtomicFolder.write(to: output) { folder in
        let files = FileManager.default
        let unpacked = folder.appending(path: "packages", directoryHint: .isDirectory)
        for name in ["packages", "photos", "cutouts", "glyphs"] {
          try files.createDirectory(at: folder.appending(path: name), withIntermediateDirectories: true)
        }
        let manifest = try write(candidates(in: unpacked, progress), to: folder, progress)
        try files.removeItem(at: unpacked)
        try manifest.readableJSON().write(to: folder.appending(path: MaterialManifest.name))
        return MaterialReport(manifest)
      }
    } catch let error as CocoaError {
      throw FolderError.unwritable(output.path(percentEncoded: false), reason: error.plainReason)
    }
  }

  private func candidates(in scratch: URL, _ progress: (Progress) throws -> Void) throws -> [MaterialCandidate] {
    var candidates: [MaterialCandidate] = []
    for (index, package) in MaterialCatalogue.packages.enumerated() {
      let fraction = Double(index) / Double(MaterialCatalogue.packages.count)
      let debian = DebianPackage(name: package.name)
      if packages == nil { try progress(.fetching(package: package.name, fraction: fraction)) }
      let file = try packages.map(debian.file(in:)) ?? debian.fetch(into: scratch)
      try progress(.unpacking(package: package.name, fraction: fraction))
      let root = scratch.appending(path: package.name, directoryHint: .isDirectory)
      try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
      try debian.unpack(file, into: root)
      candidates += try MaterialCandidate.all(of: package.name, rules: package.rules, in: root)
    }
    return candidates
  }

  private func write(
    _ candidates: [MaterialCandidate], to folder: URL, _ progress: (Progress) throws -> Void
  ) throws -> MaterialManifest {
    var manifest = MaterialManifest()
    let block = 64
    for start in stride(from: 0, to: candidates.count, by: block) {
      try progress(.pictures(done: start, of: candidates.count))
      let usable = try [Bool](concurrently: min(block, candidates.count - start)) { index in
        guard let picture = try candidates[start + index].picture() else { return false }
        try picture.write(to: folder.appending(path: candidates[start + index].file(start + index)))
        return true
      }
      for number in usable.indices.filter({ usable[$0] }).map({ start + $0 }) {
        let candidate = candidates[number]
        manifest.add(
          candidate.kind, candidate.path, of: candidate.package, file: candidate.file(number), source: candidate.source)
      }
    }
    try progress(.pictures(done: candidates.count, of: candidates.count))
    manifest.divide()
    return manifest
  }
}

extension MaterialCandidate {
  /// Where the picture goes: a number keeps files of one name apart.
  fileprivate func file(_ number: Int) -> String {
    let stem = ((path as NSString).lastPathComponent as NSString).deletingPathExtension
    let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    switch kind {
    case .photo: return "photos/\(number)-\(name).png"
    case .cutout: return "cutouts/\(number)-\(name).png"
    case .glyph: return "glyphs/\(name).png"
    }
  }
}

/// Why material can't be gathered; what each case is about its sentence says.
public enum GatheringError: ExplainedError {
  case noProgram(name: String, advice: String)
  case notFetched(package: String, reason: String)
  case notUnpacked(file: String, reason: String)
  case damaged(file: String, format: String, reason: String)
  case nothingFound(package: String, expected: String)

  public var description: String {
    switch self {
    case .noProgram(let name, let advice): "\(name) is missing or can't be started: \(advice)."
    case .notFetched(let package, let reason): "The Debian package \(package) can't be fetched: \(reason)."
    case .notUnpacked(let file, let reason): "\(file) can't be unpacked (\(reason)); delete it and fetch it again."
    case .damaged(let file, let format, let reason): "\(file) is a damaged \(format) (\(reason)); fetch its package again."
    case .nothingFound(let package, let expected):
      "The package \(package) has no \(expected); another version of Debian may hold it elsewhere (docs/data.md)."
    }
  }
}
