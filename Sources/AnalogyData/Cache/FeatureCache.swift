import Foundation
import LoRWeBCheckpoints
import LoRWeBTorch

/// What encoders gave, on disk, so that they needn't be in memory while training: groups of tensors under keys of their content.
///
/// The folder holds safetensors files of many features each, written whole or not at all; a file's name is the digest of its keys.
/// What was stored and not yet flushed is lost when the process dies, everything else is found again on opening.
public final class FeatureCache {
  /// Where the files are.
  public let folder: URL
  /// A file is written when so many bytes are waiting.
  public let fileBytes: Int

  private var files: [String: (file: SafetensorsFile, names: [String])] = [:]
  private let freeBytes: (URL) -> Int?
  private var waiting: [String: [String: Tensor]] = [:]
  private var waitingBytes = 0
  private static let keyLength = 64

  /// Opens the cache in a folder, which is made if there is none.
  ///
  /// - Parameter freeBytes: tells how much the disk of a folder still takes.
  /// - Throws: `AnalogySetError.badCacheEntry` for a file that is damaged or not the cache's; `.notAFolder`.
  public init(_ folder: URL, fileBytes: Int = 256 << 20, freeBytes: @escaping (URL) -> Int? = DiskSpace.free(in:)) throws {
    (self.folder, self.fileBytes, self.freeBytes) = (folder, fileBytes, freeBytes)
    let path = folder.path(percentEncoded: false)
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for name in try FileManager.default.contentsOfDirectory(atPath: path).sorted() { try open(name) }
    } catch let error as AnalogySetError {
      throw error
    } catch {
      throw AnalogySetError.notAFolder(path)
    }
  }

  private func open(_ name: String) throws {
    let url = folder.appending(path: name)
    if name.hasPrefix("."), name.hasSuffix(".tmp") {  // what a killed process was writing
      try FileManager.default.removeItem(at: url)
    }
    guard !name.hasPrefix("."), name.hasSuffix(".safetensors") else { return }
    do {
      try add(SafetensorsFile(url))
    } catch let error as CheckpointError {
      throw AnalogySetError.badCacheEntry(file: url.path(percentEncoded: false), reason: "\(error)")
    }
  }

  private func add(_ file: SafetensorsFile) throws {
    for name in file.names {
      let key = String(name.prefix(Self.keyLength))
      guard name.utf8.count > Self.keyLength + 1, name.dropFirst(Self.keyLength).first == "." else {
        throw AnalogySetError.badCacheEntry(
          file: file.url.path(percentEncoded: false), reason: "the tensor \(name) isn't named by a key of 64 digits")
      }
      files[key, default: (file, [])].names.append(String(name.dropFirst(Self.keyLength + 1)))
    }
  }

  /// How many features there are.
  public var count: Int { files.count + waiting.count }

  /// Whether there is something under a key.
  public func contains(_ key: FeatureKey) -> Bool { files[key.hex] != nil || waiting[key.hex] != nil }

  /// The tensors under a key, by name; views of the file, read when they are touched.
  /// - Parameter what: what to call it in messages.
  /// - Throws: `AnalogySetError.notCached`; `CheckpointError`, `TorchError`.
  public func tensors(_ key: FeatureKey, what: String) throws -> [String: Tensor] {
    if let tensors = waiting[key.hex] { return tensors }
    guard let (file, names) = files[key.hex] else { throw AnalogySetError.notCached(what: what) }
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try file.tensor("\(key.hex).\($0)")) })
  }

  /// Keeps tensors under a key; they are on disk after `flush`, or when enough are waiting. A key that is there already is left.
  ///
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
  ///
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
    waiting = [:]
    waitingBytes = 0
  }
}
