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
/// Components are loaded when an edit needs them and dropped after; the editor itself holds none. All its work runs on one thread
/// of its own (`Engine`).
public actor AnalogyEditor {
  /// Which model.
  public enum Model: Sendable {
    /// The small one that comes with the library.
    case embedded
    /// A folder in the diffusers layout.
    case folder(URL)
  }

  private let engine: Engine
  let folder: ModelFolder
  private let modelName: String
  private let basis: URL
  private let basisConfig: URL?
  private let encoder: EncoderFiles
  private let encoderName: String
  private let dtype: DType

  public nonisolated var unownedExecutor: UnownedSerialExecutor { engine.asUnownedSerialExecutor() }

  /// Opens a model, reading settings and names but no weights.
  ///
  /// - Parameters:
  ///   - basis: a basis in the published format; nil takes the model folder's own.
  ///   - basisConfig: the authors' YAML for a basis that doesn't say its router's settings.
  ///   - encoder: the folder of the image encoder the basis was trained with; nil takes the model folder's own.
  ///   - device: `cpu`, `cuda`, `cuda:1` or `mps`.
  ///   - dtype: what to compute in; nil is bf16 for models that would not fit comfortably in fp32 (from a billion parameters on)
  ///     and fp32 for smaller ones.
  /// - Throws: `ModelFolderError`, `AdapterError`, `CheckpointError`, `ModelError` or `TorchError`, one sentence each, for
  ///   whatever is missing or doesn't fit.
  public init(
    model: Model = .embedded, basis: URL? = nil, basisConfig: URL? = nil, encoder: URL? = nil, device: String = "cpu",
    dtype: DType? = nil
  ) throws {
    switch model {
    case .embedded: (folder, modelName) = (try ModelFolder(EmbeddedModel.folder()), "embedded")
    case .folder(let url): (folder, modelName) = (try ModelFolder(url), url.standardizedFileURL.lastPathComponent)
    }
    guard let basis = basis ?? folder.basis else {
      throw ModelFolderError.missingComponent("basis.safetensors", folder.url.path(percentEncoded: false))
    }
    self.encoder = try EncoderFiles(encoder ?? folder.folder(.imageEncoder))
    encoderName = encoder.map(\.standardizedFileURL.lastPathComponent) ?? "the model's own"
    self.basis = basis
    self.basisConfig = basisConfig
    engine = Engine(device: try Device(named: device))
    let config: FluxConfig = try folder.config(.transformer)
    let weights = try AdaptedLinear.all(in: config).reduce(0) { $0 + $1.inputs * $1.outputs }
    self.dtype = dtype ?? (weights < 1_000_000_000 ? .float32 : .bfloat16)
    let file = try BasisFile(basis, config: basisConfig)
    try file.fit(folder.weights(.transformer))
    try file.checkEncoder(width: self.encoder.config().width)
  }

  /// Edits and hands out where it has got to; the last step carries the result. Leaving the loop ends the edit.
  public nonisolated func run(_ edit: AnalogyEdit) -> AsyncThrowingStream<EditStep, any Error> {
    AsyncThrowingStream { continuation in
      let task = Task {
        do {
          try await self.perform(edit) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in task.cancel() }
    }
  }

  /// Edits.
  ///
  /// - Throws: what is wrong with the pictures or the model, in one sentence; `CancellationError`.
  public func edit(_ edit: AnalogyEdit) throws -> AnalogyResult {
    try perform(edit) { _ in }
  }

  /// A picture once through the autoencoder, at its own size: what is left of it is the best an edit could be.
  ///
  /// - Throws: `ModelError.badInput` for sides that aren't multiples of the autoencoder's factor; what loading it throws.
  public func autoencoded(_ picture: Picture) throws -> Picture {
    try computing {
      let pipeline = try pipeline()
      return try pipeline.picture(of: pipeline.latents(of: picture))
    }
  }

  /// Size in pixels of b′ as the model paints it for these pictures, before it gets b's own size.
  ///
  /// - Throws: `PicturesError` for pictures no canvas can be made of.
  public nonisolated func paintedSize(a: PictureSize, aPrime: PictureSize, b: PictureSize) throws -> PictureSize {
    try CanvasPlan(a: a, aPrime: aPrime, b: b, rule: folder.usage.canvasRule).tile
  }

  /// Runs work that records no gradients, torch's errors thrown, memory given back after.
  func computing<Result>(_ work: () throws -> Result) throws -> Result {
    defer { Engine.trimMemory() }
    return try withTorchErrors { try noGrad { try work() } }
  }

  func pipeline() throws -> EditPipeline {
    EditPipeline(
      folder: folder, basis: try BasisFile(basis, config: basisConfig), encoder: encoder, device: engine.device, dtype: dtype)
  }

  @discardableResult
  private func perform(_ edit: AnalogyEdit, _ report: (EditStep) -> Void) throws -> AnalogyResult {
    try computing { try performSteps(edit, report) }
  }

  private func performSteps(_ edit: AnalogyEdit, _ report: (EditStep) -> Void) throws -> AnalogyResult {
    let sampling = try edit.sampling(else: folder.usage)
    let pipeline = try pipeline()
    let plan = try CanvasPlan(a: edit.a.size, aPrime: edit.aPrime.size, b: edit.b.size, rule: folder.usage.canvasRule)
    let canvas = try plan.canvas(a: edit.a, aPrime: edit.aPrime, b: edit.b)

    report(EditStep(.lookingAtPictures, fraction: 0))
    let query = try pipeline.query(canvas: canvas, plan: plan)
    try Task.checkCancellation()

    report(EditStep(.readingPrompt, fraction: 0.05))
    let conditioning = try pipeline.conditioning(prompt: edit.prompt)
    try Task.checkCancellation()

    report(EditStep(.loadingTransformer, fraction: 0.1))
    let context = try pipeline.latents(of: plan.contextPicture(of: canvas))
    let mix = Mix(basis: try pipeline.basis.basis(), query: query, strength: edit.strength)
    let latents = try pipeline.sampled(plan.target, beside: context, told: conditioning, mix: mix, sampling) { done, count in
      report(EditStep(.sampling, fraction: 0.15 + 0.75 * Double(done) / Double(count), sampling: (done, count)))
    }
    report(EditStep(.decoding, fraction: 0.9))
    let painted = try plan.bPrime(fromCanvas: pipeline.picture(of: latents))
    try Task.checkCancellation()

    report(EditStep(.carryingDetails, fraction: 0.95))
    let picture = try finish(edit, plan, pipeline, painted)
    let recipe = Recipe(
      model: modelName, basis: basis.lastPathComponent, encoder: encoderName, prompt: edit.prompt,
      seed: edit.seed, steps: sampling.steps, guidance: sampling.guidance, strength: edit.strength, details: edit.details,
      device: engine.device.description, dtype: dtype.description, canvas: plan, meanCoefficients: mix.meanCoefficients(),
      warnings: pipeline.basis.warnings + conditioning.warnings + mix.warnings())
    let result = AnalogyResult(
      picture: picture, painted: painted, recipe: recipe,
      coefficients: mix.coefficients.mapValues { $0.array(of: Float.self) })
    report(EditStep(.done, fraction: 1, result: result))
    return result
  }

  /// The painted b′ at b's size, with b's transparency.
  private func finish(_ edit: AnalogyEdit, _ plan: CanvasPlan, _ pipeline: EditPipeline, _ painted: Picture) throws -> Picture {
    guard edit.details == .carry else { return try plan.restored(painted).withAlpha(edit.b.alpha) }
    let guide = try pipeline.picture(of: pipeline.latents(of: plan.modelPicture(ofB: edit.b)))
    return try DetailTransfer().apply(to: edit.b, guide: guide, target: painted)
  }
}
