import Foundation
import LoRWeBAdapters
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// Edits pictures by analogy: shown a → a′, it makes b′ from b.
///
/// ```swift
/// let editor = try AnalogyEditor()                       // the embedded model
/// let result = try await editor.edit(AnalogyEdit(a: a, aPrime: aPrime, b: b))
/// try result.picture.write(to: output)
/// ```
///
/// The model belongs to a `ModelHost`, which several editors can share; all work runs on its one thread.
public struct AnalogyEditor: Sendable {
  public enum Model: Sendable {
    /// The small one that comes with the library.
    case embedded
    /// A folder in the diffusers layout.
    case folder(URL)
    /// Whatever `ModelSearch` found, or a source of one's own, with what recipes call it.
    case source(any ModelSource, name: String)

    func opened() throws -> (source: any ModelSource, name: String) {
      switch self {
      case .embedded: (try ModelFolder(EmbeddedModel.folder()), "embedded")
      case .folder(let url): (try ModelFolder(url), url.standardizedFileURL.lastPathComponent)
      case .source(let source, let name): (source, name)
      }
    }
  }

  public let host: ModelHost
  private let basis: BasisChoice
  private let names: EditedBy

  /// Opens a model, reading settings and names but no weights.
  /// - Parameters:
  ///   - basis: a basis in the published format; nil takes the model folder's own.
  ///   - basisConfig: the authors' YAML for a basis that doesn't say its router's settings.
  ///   - encoder: the folder of the image encoder the basis was trained with; nil takes the model folder's own.
  ///   - device: `cpu`, `cuda`, `cuda:1` or `mps`.
  ///   - dtype: what to compute in; nil is as for `LoadedModel`.
  /// - Throws: `ModelFolderError`, `AdapterError`, `CheckpointError`, `ModelError`, `TorchError`: whatever is missing or doesn't fit.
  public init(
    model: Model = .embedded, basis: URL? = nil, basisConfig: URL? = nil, encoder: URL? = nil, device: String = "cpu",
    dtype: DType? = nil, residency: Residency = .usual
  ) throws {
    let (own, name) = try model.opened()
    let source = try encoder.map { try ModelFiles([.imageEncoder: $0], over: own) } ?? own
    guard let basis = basis ?? source.basis else {
      throw ModelFolderError.missingComponent("basis.safetensors", source.location)
    }
    let choice = BasisChoice(basis, config: basisConfig)
    let torchDevice = try Device(named: device)
    host = try ModelHost(on: torchDevice) {
      let model = try LoadedModel(source, residency: residency, device: torchDevice, dtype: dtype)
      _ = try model.basis(choice)
      return model
    }
    self.basis = choice
    names = EditedBy(
      model: name, basis: basis.lastPathComponent,
      encoder: encoder.map(\.standardizedFileURL.lastPathComponent) ?? "the model's own")
  }

  /// An editor with another basis on a model that is there already, whose parts both share.
  /// - Throws: `AdapterError`, `CheckpointError` for a basis that is none or doesn't fit.
  public init(_ other: AnalogyEditor, basis: URL, config: URL? = nil) async throws {
    try await self.init(other.host, basis: basis, config: config, model: other.names.model, encoder: other.names.encoder)
  }

  /// An editor on a model that somebody owns; `model` and `encoder` are what recipes call it and its image encoder.
  /// - Throws: `AdapterError`, `CheckpointError` for a basis that is none or doesn't fit.
  public init(
    _ host: ModelHost, basis: URL, config: URL? = nil, model: String, encoder: String = "the model's own"
  ) async throws {
    let choice = BasisChoice(basis, config: config)
    try await host.perform { _ = try $0.basis(choice) }
    (self.host, self.basis) = (host, choice)
    names = EditedBy(model: model, basis: basis.lastPathComponent, encoder: encoder)
  }

  /// Edits and hands out where it has got to; the last step carries the result. Leaving the loop ends the edit.
  public func run(_ edit: AnalogyEdit) -> AsyncThrowingStream<EditStep, any Error> { run([edit]) }

  /// The same for several at once; the results are in the edits' order.
  public func run(_ edits: [AnalogyEdit]) -> AsyncThrowingStream<EditStep, any Error> {
    AsyncThrowingStream { continuation in
      let task = Task {
        do {
          _ = try await perform(edits) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// - Throws: what is wrong with the pictures or the model, in one sentence; `CancellationError`.
  public func edit(_ edit: AnalogyEdit) async throws -> AnalogyResult {
    guard let result = try await perform([edit], { _ in }).first else { throw CancellationError() }
    return result
  }

  /// Edits several: those of one size, steps and guidance go through the transformer together as far as memory allows, each
  /// with a result equal to its own edit's up to rounding.
  /// - Throws: as `edit`; nothing is edited then.
  public func edit(_ edits: [AnalogyEdit]) async throws -> [AnalogyResult] { try await perform(edits) { _ in } }

  /// A picture once through the autoencoder, at its own size: what is left of it is the best an edit could be.
  /// - Throws: `ModelError.badInput` for sides that aren't multiples of the autoencoder's factor; what loading it throws.
  public func autoencoded(_ picture: Picture) async throws -> Picture { try await host.perform { try $0.autoencoded(picture) } }

  /// Size in pixels of b′ as the model paints it for these pictures, before it gets b's own size.
  /// - Throws: `PicturesError` for pictures no canvas can be made of.
  public func paintedSize(a: PictureSize, aPrime: PictureSize, b: PictureSize) async throws -> PictureSize {
    try await host.perform { try $0.canvasPlan(a: a, aPrime: aPrime, b: b).tile }
  }

  private func perform(
    _ edits: [AnalogyEdit], _ report: @escaping @Sendable (EditStep) -> Void
  ) async throws -> [AnalogyResult] {
    let (basis, names) = (basis, names)
    return try await host.perform { model in
      try EditWork(model, basis: model.basis(basis), by: names).perform(edits, report)
    }
  }
}

/// What an edit is made by, as its recipe names it.
struct EditedBy: Sendable { let model, basis, encoder: String }
