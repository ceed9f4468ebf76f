import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch

/// What encoders gave, on disk, so that they needn't be in memory while training: groups of tensors under keys of their content.
///
/// The folder holds safetensors files of many features each, written whole or not at all; a file's name is the digest of its keys.
/// What was stored and not yet flushed is lost when the process dies, everything else is found again on opening. Several processes
/// may use one folder at once: what two of them encoded stands in two files and is read from the first.
public final class FeatureCache {
  public let folder: URL
  /// A file is written when so many bytes are waiting.
  public let fileBytes: Int

  /// Files of the folder that give nothing, each a `badCacheEntry`: damaged ones and those that aren't the cache's. They are left
  /// as they are, and what they may have held is encoded again.
  public private(set) var passedOver: [AnalogySetError] = []

  private var files: [String: (file: SafetensorsFile, names: [String])] = [:]
  private var waiting: [String: [String: Tensor]] = [:]
  private var waitingBytes = 0
  private let freeBytes: (URL) -> Int?

  /// How long after its last byte an unfinished file is taken for a killed process's.
  private static let abandonedAfter: TimeInterval = 3600

  /// Opens the cache in a folder, which is made if there is none. Files that can't be used are passed over.
  /// - Parameter freeBytes: tells how much the disk of a folder still takes.
  /// - Throws: `AnalogySetError.notAFolder`.
  public init(_ folder: URL, fileBytes: Int = 256 << 20, freeBytes: @escaping (URL) -> Int? = DiskSpace.free(in:)) throws {
    (self.folder, self.fileBytes, self.freeBytes) = (folder, fileBytes, freeBytes)
    let path = folder.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() { open(name) }
    } catch {
      throw AnalogySetError.notAFolder(path)
    }
  }

  private func open(_ name: String) {
    let url = folder.appending(path: name, directoryHint: .notDirectory)
    if name.hasPrefix("."), name.hasSuffix(".tmp") { return removeAbandoned(url) }
    guard !name.hasPrefix("."), name.hasSuffix(".safetensors") else { return }
    do {
      try add(SafetensorsFile(url))
    } catch let error as CheckpointError where error.kind == .fileNotFound {
      return  // another process took it away since the folder was listed
    } catch {
      let path = url.path(percentEncoded: false)
      passedOver.append(error as? AnalogySetError ?? .badCacheEntry(file: path, reason: "\(error)"))
    }
  }

  /// Removes what a killed process was writing, told from what another one is writing now by its age.
  private func removeAbandoned(_ url: URL) {
    guard UUID(uuidString: String(url.lastPathComponent.dropFirst().dropLast(4))) != nil,
      let values = try? url.resourceValues(forKeys: [.contentModificationDateKey, .isRegularFileKey]),
      values.isRegularFile == true, let written = values.contentModificationDate,
      written.timeIntervalSinceNow < -Self.abandonedAfter
    else { return }
    try? FileManager.default.removeItem(at: url)
  }

  /// Takes in a file's features but those that an earlier file has.
  /// - Throws: `AnalogySetError.badCacheEntry` for a file of which a tensor isn't named as the cache names them.
  private func add(_ file: SafetensorsFile) throws {
    var found: [String: [String]] = [:]
    for name in file.names {
      let parts = name.split(separator: ".", maxSplits: 1)
      guard parts.count == 2, parts[0].utf8.count == 64, parts[0].allSatisfy(\.isHexDigit) else {
        throw AnalogySetError.badCacheEntry(
          file: file.url.path(percentEncoded: false), reason: "The tensor \(name) isn't named by a key of 64 digits.")
      }
      found[String(parts[0]), default: []].append(String(parts[1]))
    }
    for (key, names) in found where files[key] == nil { files[key] = (file, names) }
  }

  public var count: Int { files.count + waiting.count }

  public func contains(_ key: FeatureKey) -> Bool { files[key.hex] != nil || waiting[key.hex] != nil }

  /// The tensors under a key, by name; views of the file, read when they are touched.
  /// - Throws: `AnalogySetError.notCached`; `CheckpointError`, `TorchError`.
  public func tensors(_ key: FeatureKey, what: String) throws -> [String: Tensor] {
    if let tensors = waiting[key.hex] { return tensors }
    guard let (file, names) = files[key.hex] else { throw AnalogySetError.notCached(what: what) }
    return try names.reduce(into: [:]) { $0[$1] = try file.tensor("\(key.hex).\($1)") }
  }

  /// Keeps tensors under a key; they are on disk after `flush`, or when enough are waiting. A key that is there already is left.
  /// - Throws: `AnalogySetError.notEncodable` for numbers that aren't finite; what `flush` throws.
  public func store(_ tensors: [String: Tensor], under key: FeatureKey, what: String) throws {
    guard !contains(key) else { return }
    let kept = try withTorchErrors { tensors.mapValues { $0.detach().to(.cpu).contiguous() } }
    for (name, tensor) in kept where tensor.dtype.isFloatingPoint {
      guard try withTorchErrors({ tensor.isFinite().all() }) else {
        throw AnalogySetError.notEncodable(item: what, reason: "its \(name) came out with numbers that aren't finite.")
      }
    }
    waiting[key.hex] = kept
    waitingBytes += kept.values.reduce(0) { $0 + $1.byteCount }
    if waitingBytes >= fileBytes { try flush() }
  }

  /// Refuses what the disk has no room for before anything is encoded; a disk that doesn't tell is tried.
  /// - Throws: `AnalogySetError.noRoom`.
  public func requireRoom(for bytes: Int) throws {
    guard bytes > 0, let free = freeBytes(folder), free < bytes else { return }
    throw AnalogySetError.noRoom(folder: folder.path(percentEncoded: false), needed: bytes, free: free)
  }

  /// Writes what is waiting into a file of its own.
  /// - Throws: `CheckpointError` if it can't be written, a full disk for one; what is waiting goes on waiting.
  public func flush() throws {
    guard !waiting.isEmpty else { return }
    var writer = SafetensorsWriter(metadata: ["format": "pt"])
    for (key, tensors) in waiting.sorted(by: { $0.key < $1.key }) {
      for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) { writer.add("\(key).\(name)", tensor) }
    }
    let name = ContentDigest(of: waiting.keys.sorted()).hex.prefix(32)
    let url = folder.appending(path: "\(name).safetensors")
    try writer.write(to: url)
    try add(SafetensorsFile(url))
    (waiting, waitingBytes) = ([:], 0)
  }
}

extension FeatureCache {
  struct Job {
    let key: FeatureKey
    let name: String
    let encode: () throws -> [String: Tensor]
  }

  /// Encodes what isn't there yet; an interrupted filling goes on where it stopped.
  /// - Parameter progress: told how many of all jobs are done; what it throws ends the filling.
  /// - Throws: what jobs and `progress` throw; `CancellationError`. What was encoded before is kept.
  func fill(_ jobs: [Job], progress: (_ done: Int, _ of: Int) throws -> Void) throws {
    let missing = jobs.filter { !contains($0.key) }
    do {
      for (index, job) in missing.enumerated() where !contains(job.key) {
        try Task.checkCancellation()
        try store(job.encode(), under: job.key, what: job.name)
        try progress(jobs.count - missing.count + index + 1, jobs.count)
      }
    } catch {
      try? flush()  // the error that ended the filling is the one to report
      throw error
    }
    try flush()
  }
}
