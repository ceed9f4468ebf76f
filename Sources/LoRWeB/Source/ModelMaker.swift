import Foundation
import LoRWeBAdapters
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels
import LoRWeBTorch

/// Makes a model folder of random weights: something to try the whole path with, or to train from.
public struct ModelMaker: Sendable {
  private let preset: ModelPreset
  private let seed: UInt64

  public init(_ preset: ModelPreset, seed: UInt64 = 0) { (self.preset, self.seed) = (preset, seed) }

  /// Bytes the folder will take, without the few kilobytes of settings.
  public func byteCount() throws -> Int {
    try ModelPreset.weighted.reduce(try basisWriter().byteCount) { try $0 + writer($1.component, $1.stem).byteCount }
  }

  /// Writes the folder: under a temporary name beside its place, then renamed, so it is whole or not there.
  /// - Parameter progress: is told the part being written and the share done, 0 to 1.
  /// - Throws: `ModelFolderError` if something is there already or the disk can't hold it; what writing throws.
  public func write(to url: URL, progress: (String, Double) -> Void = { _, _ in }) throws {
    let path = url.path(percentEncoded: false)
    guard !Folder.isThere(url) else { throw ModelFolderError.alreadyThere(path) }
    let parent = url.standardizedFileURL.deletingLastPathComponent()
    let needed = try byteCount()
    guard Folder.isThere(parent) else { throw ModelFolderError.badFile(path, "the folder to make it in is not there") }
    if let free = DiskSpace.free(in: parent), free <= needed + (64 << 20) {
      throw ModelFolderError.diskTooSmall(path, needed: needed, free: free)
    }
    try AtomicFolder.write(to: url) { try writeParts(to: $0, total: needed, progress) }
  }

  private func writeParts(to folder: URL, total: Int, _ progress: (String, Double) -> Void) throws {
    try copySettings(to: folder)
    var done = 0
    for (component, stem) in ModelPreset.weighted {
      progress(component.rawValue, Double(done) / Double(total))
      let writer = try writer(component, stem)
      try writer.write(to: folder.appending(path: component.rawValue))
      done += writer.byteCount
    }
    progress("basis", Double(done) / Double(total))
    try basisWriter().write(to: folder)
    progress("done", 1)
  }

  /// Everything but weights: the preset's configuration files and the tokenizers.
  private func copySettings(to folder: URL) throws {
    let manager = FileManager.default
    for name in try Folder.names(in: preset.folder.url) where name != "preset.json" {
      try manager.copyItem(at: preset.folder.url.appending(path: name), to: folder.appending(path: name))
    }
    let tokenizers = try preset.tokenizers()
    try manager.copyItem(at: tokenizers.clip, to: folder.appending(path: ModelPart.tokenizer.rawValue))
    try manager.copyItem(at: tokenizers.t5, to: folder.appending(path: ModelPart.tokenizer2.rawValue))
  }

  private func writer(_ component: ModelPart, _ stem: String) throws -> ComponentWriter {
    try writer(stem: stem, dtype: preset.dtype) { try preset.ask($0, for: component) }
  }

  private func basisWriter() throws -> ComponentWriter {
    var settings: RouterSettings?
    var writer = try writer(stem: "basis", dtype: .float16) { scope in settings = try preset.basis(scope).settings }
    if let settings { writer.metadata = try settings.metadata() }
    return writer
  }

  private func writer<Model>(stem: String, dtype: DType, _ build: (Scope) throws -> Model) throws -> ComponentWriter {
    let source = RandomSource(seed: seed)
    var writer = ComponentWriter(stem: stem)
    for request in try plan(build) {
      writer.add(request.name, shape: request.shape, dtype: dtype) { try source.tensor(request).to(dtype) }
    }
    return writer
  }
}
