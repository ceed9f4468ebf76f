import Foundation
import LoRWeB
import LoRWeBModels
import LoRWeBTorch

/// A run that trains a basis: from a folder of pictures before and after the same change to the basis that does it.
public struct BasisTraining: TrainingPlan {
  /// What is learned from.
  public enum Inputs: Sendable {
    case pictures(TrainingSet)
    /// Random latents and embeddings, which show a recipe's speed, memory and files; the basis is good for nothing. `canvas` is
    /// the side of a canvas in pixels.
    case random(canvas: Int, textTokens: Int)
  }

  /// A model folder.
  public var model: URL
  public var inputs: Inputs
  public var output: URL
  public var config: TrainingConfig
  /// The image encoder's folder, the model folder's own if nil; a basis to begin from instead of random numbers.
  public var encoder, start: URL?
  /// What the frozen model computes in; the basis is always fp32.
  public var dtype = DType.float32
  public var device = Device.cpu
  /// Whether to go on from the run's last checkpoint, if there is one.
  public var resumes = false

  public init(model: URL, inputs: Inputs, output: URL, config: TrainingConfig = .paper) {
    (self.model, self.inputs, self.output, self.config) = (model, inputs, output, config)
  }

  public func begin(_ tell: (PreparationNews) throws -> Void) throws -> BegunRun<BasisObjective> {
    let last = try RunFolder.start(in: output, resumes: resumes)
    let source = try source(cache: output.appending(path: "features"), tell)
    let transformer = try source.model.heldTransformer()
    let folder = try RunFolder(output)
    let run =
      try last.map {
        try TrainingRun(resuming: $0, config: config, transformer: transformer, data: source.data, folder: folder)
      }
      ?? TrainingRun(config, transformer: transformer, basis: basis(source, transformer), data: source.data, folder: folder)
    let sizes = TrainingSizes(config, transformer: transformer, basis: run.basis, tokens: source.tokens)
    let gallery = source.pictures.map { SampleGallery($0, transformer: transformer) }
    return BegunRun(run: run, overview: RunOverview(run, sizes: sizes)) { checkpoint in
      try gallery?.paint(checkpoint, in: folder)
      try RunReport(folder: folder, config: config).write()
    }
  }

  /// Parameters, tokens and memory, from the model folder's configurations alone; its weights needn't be there.
  /// - Throws: what reading the configurations throws; `TrainingError.badSetting` for `inputs` of pictures, which decide the size.
  public func sizes() throws -> TrainingSizes {
    guard case .random(let canvas, let textTokens) = inputs else {
      throw TrainingError.badSetting(place: "the plan", key: "inputs", problem: "are pictures, expected a size of canvas")
    }
    let model = try loaded()
    return try TrainingSizes(
      planning: config, shape: model.source.config(of: .transformer), encoderWidth: model.embeddingWidth(), dtype: dtype,
      tokens: tokens(canvas, textTokens, model).all)
  }

  /// The ladder before a long run, in place of it; what it trains and encodes is left nowhere, `check.html` in the run's folder.
  func check(_ tell: (PreparationNews) throws -> Void) throws -> CheckResult {
    let scratch = FileManager.default.temporaryDirectory.appending(path: "lorweb-check-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let source = try source(cache: scratch.appending(path: "features"), batches: TrainingCheck.batches, tell)
    let transformer = try source.model.heldTransformer()
    let ladder = TrainingCheck(config, transformer: transformer, data: source.data, pictures: source.pictures)
    let result = try ladder.climb(from: basis(source, transformer), in: scratch) { step, steps in
      try tell(.progress("step \(step) of \(steps)", done: step, of: steps))
    }
    try result.write(to: RunFolder(output))
    return result
  }

  /// What a run learns on; `tokens` are a sample's text, target and context.
  private typealias Source = (model: LoadedModel, data: TrainingData, tokens: Int, pictures: PictureData?)

  private func source(cache: URL, batches: Int? = nil, _ tell: (PreparationNews) throws -> Void) throws -> Source {
    try config.check(place: "the settings")
    let model = try loaded()
    switch inputs {
    case .random(let canvas, let textTokens):
      let size = config.basis.size(encoderWidth: try model.embeddingWidth())
      let (side, all) = try tokens(canvas, textTokens, model)
      let data = TrainingData.random(
        try model.source.config(of: .transformer), queryWidth: size.queryWidth, rows: side, columns: side,
        textLength: textTokens, seed: config.seed)
      return (model, data, all, nil)
    case .pictures(let source):
      let pictures = try source.open(config, model, else: cache, tell)
      try withoutActuallyEscaping(tell) { tell in
        try pictures.fill(batches: batches) { try tell(.progress($0, done: $1, of: $2)) }
      }
      return (model, pictures.data, try pictures.tokensPerSample(), pictures)
    }
  }

  private func loaded() throws -> LoadedModel {
    let folder = try ModelFolder(model)
    let source: any ModelSource = try encoder.map { try ModelFiles([.imageEncoder: $0], over: folder) } ?? folder
    return try LoadedModel(source, residency: .everything, device: device, dtype: dtype)
  }

  /// Tokens on a canvas's side of that many pixels, and of a sample: text, target and context.
  private func tokens(_ canvas: Int, _ text: Int, _ model: LoadedModel) throws -> (side: Int, all: Int) {
    let token = try model.token()
    try SettingRules(place: "the plan").require(
      canvas >= 2 * token && canvas.isMultiple(of: 2 * token), "the canvas", "\(canvas) pixels wide",
      "a multiple of \(2 * token)")
    let side = canvas / token
    return (side, text + 2 * side * side)
  }

  private func basis(_ source: Source, _ transformer: FluxTransformer) throws -> LoRABasis {
    if let start { return try LoRABasis.trainable(from: start, device: device) }
    let name = config.basis.encoder
    return try LoRABasis.untrained(
      config, on: transformer, encoder: name.isEmpty ? source.model.source.imageEncoderName() : name,
      encoderWidth: source.model.embeddingWidth())
  }
}

extension TrainingSession where Plan == BasisTraining {
  /// Trains 100 steps aside and says whether the run is worth starting, in place of it (`TrainingCheck`).
  /// - Throws: what preparing and training throw; `CancellationError`.
  public nonisolated func check(_ tell: @escaping @Sendable (PreparationNews) -> Void = { _ in }) async throws -> CheckResult {
    try await uncancelled { try await self.climb(tell) }
  }

  private func climb(_ tell: (PreparationNews) -> Void) throws -> CheckResult {
    try plan.check { news in
      tell(news)
      try checkStop()
    }
  }
}
