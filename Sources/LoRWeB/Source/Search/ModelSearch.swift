import Foundation
import LoRWeBCheckpoints
import LoRWeBFiles
import LoRWeBModels

/// What of a model its user named.
public struct NamedModel: Sendable, Equatable {
  /// A diffusers folder, a transformer's file, a ComfyUI folder, an entry of the Hugging Face cache, or `org/name` in that cache.
  public var model: String
  /// Files or folders of parts that aren't to be looked for.
  public var parts: [ModelPart: URL] = [:]
  /// Settings of a transformer file of other sizes than FLUX.1-Kontext-dev's.
  public var config: URL?

  public init(_ model: String) { self.model = model }
}

/// A model found on this machine, part by part.
public struct FoundModel: Sendable {
  /// Where one part was found, or that it wasn't.
  public struct Part: Sendable, Equatable {
    public let part: ModelPart
    /// nil where it is missing.
    public let url: URL?
    /// In words: "named", "beside the model", a folder's path.
    public let place: String
  }

  /// In the order an edit needs them.
  public let parts: [Part]
  /// The whole of it; what is missing is told when it is asked for.
  public let source: any ModelSource

  public var missing: [ModelPart] { parts.filter { $0.url == nil }.map(\.part) }

  /// - Throws: `ModelFolderError.missingParts`, with what fetches them.
  public func checkComplete() throws {
    if !missing.isEmpty { throw ModelFolderError.missingParts(source.location, missing) }
  }
}

/// Looks for a model's parts on this machine: where they are named, beside the model, in the folders of `LORWEB_MODELS`, in the
/// Hugging Face cache. Reads headers of weights and no more, and fetches nothing.
public struct ModelSearch: Sendable {
  /// Folders to look in after the model's own.
  private let folders: [URL]
  private let cache: HuggingFaceCache

  /// - Parameter environment: `LORWEB_MODELS` is a list of folders with colons between.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    folders = (environment["LORWEB_MODELS"] ?? "").split(separator: ":").map {
      URL(filePath: (String($0) as NSString).expandingTildeInPath, directoryHint: .isDirectory)
    }
    cache = HuggingFaceCache(environment: environment)
  }

  /// - Throws: `ModelFolderError` where the model itself isn't found or isn't one; parts that are missing are no error here.
  public func find(_ named: NamedModel) throws -> FoundModel {
    let (place, base) = try opened(named.model)
    var (parts, places): ([FoundModel.Part], [ModelPart: URL]) = ([], [:])
    for part in Self.searched {
      if let base, named.parts[part] == nil, base.has(part) {
        parts.append(FoundModel.Part(part: part, url: base.folder(part), place: "the model's folder"))
        continue
      }
      let hit = try look(for: part, named, place)
      places[part] = hit?.url
      parts.append(FoundModel.Part(part: part, url: hit?.url, place: hit?.place ?? "not found"))
    }
    if let base, places.isEmpty, named.config == nil { return FoundModel(parts: parts, source: base) }
    let source = try ModelFiles(places, over: base, config: named.config, location: named.model)
    return FoundModel(parts: parts, source: source)
  }

  /// Parts that are looked for, in the order an edit needs them; all other settings come with these.
  private static let searched: [ModelPart] = [
    .imageEncoder, .tokenizer, .textEncoder, .tokenizer2, .textEncoder2, .vae, .transformer,
  ]

  /// Where the model lies, and its folder if it is one in the diffusers layout.
  private func opened(_ model: String) throws -> (place: ModelPlace, base: ModelFolder?) {
    var url = URL(filePath: (model as NSString).expandingTildeInPath)
    if !Folder.isThere(url) {
      guard HuggingFaceCache.isName(model) else { throw ModelFolderError.notAFolder(url.path(percentEncoded: false)) }
      guard let snapshot = cache.snapshot(of: model) else {
        throw ModelFolderError.notInCache(model, cache: cache.root.path(percentEncoded: false))
      }
      url = snapshot
    }
    guard Folder.isFolder(url) else { return (ModelPlace(beside: url), nil) }
    if url.standardizedFileURL.lastPathComponent.hasPrefix("models--") {
      guard let snapshot = HuggingFaceCache.snapshot(in: url) else {
        throw ModelFolderError.badFile(url.path(percentEncoded: false), "it has no snapshot: nothing was fetched whole")
      }
      url = snapshot
    }
    if Folder.isThere(url.appending(path: "model_index.json")) { return (ModelPlace(url), try ModelFolder(url)) }
    let place = ModelPlace(url)
    guard place.isUsable else { throw ModelFolderError.notDiffusers(url.path(percentEncoded: false)) }
    return (place, nil)
  }

  /// The first place that has a part.
  private func look(for part: ModelPart, _ named: NamedModel, _ place: ModelPlace) throws -> (url: URL, place: String)? {
    if let url = named.parts[part] { return (url, "named") }
    if let url = try place.find(part) { return (url, part == .transformer ? "the model" : "beside the model") }
    if part == .transformer { return nil }
    for folder in folders where Folder.isFolder(folder) {
      if let url = try ModelPlace(folder).find(part) { return (url, folder.path(percentEncoded: false)) }
    }
    for name in Download.repositories(for: part) {
      guard let snapshot = cache.snapshot(of: name) else { continue }
      if let url = try ModelPlace(snapshot).find(part) { return (url, "\(name) in the Hugging Face cache") }
    }
    // The vocabulary of CLIP comes with us.
    return part == .tokenizer ? (try EmbeddedModel.tokenizers().appending(path: "clip"), "comes with lorweb") : nil
  }
}
