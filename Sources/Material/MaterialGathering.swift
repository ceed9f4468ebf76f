import Dispatch
import Foundation
import LoRWeBAnalogyData
import LoRWeBPictures
import Synchronization

/// Makes a folder of material out of Debian packages: fetched, unpacked, brought to working size, divided, and credited.
public struct MaterialGathering {
  /// How far it has got.
  public enum Progress: Sendable {
    case fetching(package: String, fraction: Double)
    case unpacking(package: String, fraction: Double)
    case pictures(done: Int, of: Int)
  }

  private let output: URL
  private let packages: URL?

  /// - Parameters:
  ///   - output: the folder to be made.
  ///   - packages: a folder of .deb files; fetched if nil.
  /// - Throws: `MaterialError.unwritable` if there is something at `output` already.
  public init(output: URL, packages: URL? = nil) throws {
    (self.output, self.packages) = (output, packages)
    let path = output.path(percentEncoded: false)
    if FileManager.default.fileExists(atPath: path) {
      throw MaterialError.unwritable(folder: path, reason: "there is something already; delete it or name another folder")
    }
  }

  /// Does it all. The folder appears only when everything is in it.
  ///
  /// - Parameter progress: called on this thread; what it throws ends the work.
  /// - Throws: `GatheringError`.
  public func run(progress: (Progress) throws -> Void) throws -> MaterialReport {
    let files = FileManager.default
    let parent = output.deletingLastPathComponent()
    let scratch = parent.appending(path: ".\(output.lastPathComponent).\(UUID().uuidString).tmp", directoryHint: .isDirectory)
    let made = scratch.appending(path: "made", directoryHint: .isDirectory)
    defer { try? files.removeItem(at: scratch) }
    do {
      for name in ["photos", "cutouts", "glyphs"] {
        try files.createDirectory(at: made.appending(path: name), withIntermediateDirectories: true)
      }
      let manifest = try write(candidates(in: scratch, progress), to: made, progress)
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try encoder.encode(manifest).write(to: made.appending(path: MaterialManifest.name))
      try files.moveItem(at: made, to: output)
      return MaterialReport(manifest)
    } catch let error as CocoaError {
      throw MaterialError.unwritable(folder: output.path(percentEncoded: false), reason: error.localizedDescription)
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
      let results = Mutex([Result<Picture?, any Error>?](repeating: nil, count: min(block, candidates.count - start)))
      let count = min(block, candidates.count - start)
      DispatchQueue.concurrentPerform(iterations: count) { index in
        let result = Result {
          let picture = try candidates[start + index].picture()
          try picture?.write(to: folder.appending(path: candidates[start + index].file(start + index)))
          return picture
        }
        results.withLock { $0[index] = result }
      }
      for (index, result) in results.withLock({ $0 }).enumerated() where try result?.get() != nil {
        manifest.add(candidates[start + index], file: candidates[start + index].file(start + index))
      }
    }
    try progress(.pictures(done: candidates.count, of: candidates.count))
    manifest.divide()
    return manifest
  }
}

extension MaterialCandidate {
  private var stem: String { ((path as NSString).lastPathComponent as NSString).deletingPathExtension }

  /// Where the picture goes: a number keeps files of one name apart.
  fileprivate func file(_ number: Int) -> String {
    let name = String(stem.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" })
    switch kind {
    case .photo: return "photos/\(number)-\(name).png"
    case .cutout: return "cutouts/\(number)-\(name).png"
    case .glyph: return "glyphs/\(name).png"
    }
  }
}

extension MaterialManifest {
  /// The part is decided when all are there.
  fileprivate mutating func add(_ candidate: MaterialCandidate, file: String) {
    let (package, licence, credit) = (candidate.package, candidate.licence, candidate.credit)
    let id = "\(package)/\(candidate.path)"
    switch candidate.kind {
    case .photo(let kind):
      photos.append(Photo(id: id, kind: kind, part: .train, file: file, package: package, licence: licence, credit: credit))
    case .cutout(let category, let name):
      cutouts.append(
        Cutout(
          id: id, category: category, name: name, part: .train, file: file, package: package, licence: licence, credit: credit))
    case .glyph:
      glyphs.append(Glyph(id: candidate.path, file: file, package: package, licence: licence, credit: credit))
    }
  }
}
