import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

/// How a transformer and its T5 learn to edit by instruction (docs/pretrain.md).
public struct InstructionSettings: Codable, Sendable, Equatable {
  /// Where training begins.
  public enum Start: String, NamedChoice {
    /// The weights of the folder that is gone on from.
    case given
    /// Those of `CopyStart`, T5 at random.
    case copy
  }

  public var start = Start.given
  /// Pairs in a batch: the picture before is the context, the one after the target.
  public var singles = 32
  /// Pairs in a batch over the first `firstShare` of the steps, when many steps teach more than large ones.
  public var (firstSingles, firstShare) = (16, 0.4)
  /// Canvases [a a′; b b′] in a batch.
  public var canvases = 4
  /// Share of the steps that are canvases, from `canvasesFrom` of the steps on.
  public var (canvasShare, canvasesFrom) = (0.25, 0.2)
  /// Share of samples with an empty instruction, whose target is the context: what a basis starts from.
  public var identity = 0.06
  public var noise = NoiseLevels(kind: .logitNormal, atPureNoise: 0.4, mean: 2, deviation: 1.2)
  /// Noise of the steps from `lateFrom` on.
  public var lateNoise = NoiseLevels(kind: .logitNormal, atPureNoise: 0.2, mean: 0.9, deviation: 1.1)
  public var lateFrom = 0.7
  public var loss = FlowLoss(weighting: .none, outside: 0.3, changed: 4)
  /// The model is told a guidance drawn evenly from 1 to this.
  public var guidance = 4.0
  /// Pairs that are measured on.
  public var measured = 360

  public init() {}

  /// The names that users write.
  private enum CodingKeys: String, CodingKey {
    case start, singles, canvases, canvasShare, canvasesFrom, identity, noise, lateNoise, lateFrom, loss, guidance, measured
    case firstSingles = "singlesAtFirst"
    case firstShare = "few"
  }

  /// What a step is made of, by its number alone: where its samples begin in the order of pairs, or of analogies for canvases, and
  /// how many they are.
  func draw(_ step: Int, of steps: Int) -> (isCanvas: Bool, start: Int, count: Int) {
    let before = canvasSteps(before: step, of: steps)
    if canvasSteps(before: step + 1, of: steps) > before { return (true, before * canvases, canvases) }
    let turn = Int(firstShare * Double(steps))
    let first = min(step, turn) - canvasSteps(before: min(step, turn), of: steps)
    let start = first * firstSingles + (step - before - first) * singles
    return (false, start, step < turn ? firstSingles : singles)
  }

  private func canvasSteps(before step: Int, of steps: Int) -> Int {
    Int(Double(max(step - Int(canvasesFrom * Double(steps)), 0)) * canvasShare)
  }
}

extension PretrainingStage {
  /// Instructions to edits: the transformer, and its T5 along with it.
  ///
  /// `error` is the error of one step from pure noise on held-out pairs, summed, over that of leaving them as they are; `median`
  /// the same of each task, in the middle; `canvas` the error on b′ of canvases that are told their instruction.
  public static func base(
    _ model: InstructedModel, shelf: LatentShelf, validation: LatentShelf, config: PretrainingConfig
  ) -> PretrainingStage {
    let settings = config.base
    let analogies = shelf.quadruples.count
    let pairs = ShuffledOrder(count: 2 * analogies, seed: config.seed)
    let canvases = ShuffledOrder(count: analogies, seed: config.seed, stream: 1)
    let lateFrom = Int(settings.lateFrom * Double(config.steps))
    return PretrainingStage(
      trained: TrainedTensor.all(of: model.velocity.registry) + TrainedTensor.all(of: model.text.registry, prefix: "text."),
      accumulate: { step, generator in
        let drawn = settings.draw(step, of: config.steps)
        let places = (drawn.start..<drawn.start + drawn.count).map { drawn.isCanvas ? canvases[$0] : pairs[$0] }
        let chances = Tensor.rand([drawn.count], generator: generator).array(of: Float.self)
        let unchanged = chances.map { Double($0) < settings.identity }
        let batch = try (drawn.isCanvas ? model.canvases : model.singles)(shelf, places, unchanged)
        let draw = NoiseDraw(step < lateFrom ? settings.noise : settings.lateNoise, for: batch.target, generator: generator)
        let guidance = Tensor.rand([drawn.count], generator: generator).to(model.device) * (settings.guidance - 1) + 1
        let loss = settings.loss(model.velocity(batch, draw, guidance: guidance), batch, draw).loss
        loss.backward()
        return loss
      },
      measure: { try noGrad { try model.errors(validation, settings) } })
  }
}

extension InstructedModel {
  /// A batch of pairs: pair 2 i is (a, a′) of analogy i, pair 2 i + 1 its (b, b′).
  fileprivate func singles(_ shelf: LatentShelf, _ places: [Int], _ unchanged: [Bool]) throws -> TrainingBatch {
    let before = places.map { (analogy: $0 / 2, picture: 2 * ($0 % 2)) }
    let after = zip(before, unchanged).map { (analogy: $0.analogy, picture: $0.picture + ($1 ? 0 : 1)) }
    let texts = try encode(zip(before, unchanged).map { $1 ? "" : shelf.quadruples[$0.analogy].instruction })
    return try TrainingBatch(
      target: shelf.latents(after), context: shelf.latents(before), rows: shelf.side, columns: shelf.side, edited: .whole,
      text: texts.states, pooled: texts.pooled, query: texts.pooled
    ).to(device)
  }

  fileprivate func canvases(_ shelf: LatentShelf, _ places: [Int], _ unchanged: [Bool]) throws -> TrainingBatch {
    let texts = try encode(zip(places, unchanged).map { $1 ? "" : shelf.quadruples[$0].instruction })
    return try shelf.batch(
      places.map { shelf.quadruples[$0] }, isCanvas: true, unchanged: unchanged, text: texts.states, pooled: texts.pooled,
      query: texts.pooled
    ).to(device)
  }

  fileprivate func errors(_ shelf: LatentShelf, _ settings: InstructionSettings) throws -> [String: Double] {
    let count = min(settings.measured, shelf.quadruples.count)
    let generator = try Generator(seed: 5)
    func ratios(_ count: Int, by size: Int, _ batch: ([Int], [Bool]) throws -> TrainingBatch) throws -> ErrorRatios {
      var ratios = ErrorRatios()
      for start in stride(from: 0, to: count, by: size) {
        let analogies = Array(start..<min(start + size, count))
        let errors = try oneStepErrors(batch(analogies, analogies.map { _ in false }), generator)
        ratios.add(errors, of: analogies.map { shelf.quadruples[$0].task })
      }
      return ratios
    }
    let tasks = try ratios(count, by: 48) { try singles(shelf, $0.map { 2 * $0 + 1 }, $1) }
    let canvas = try ratios(count / 6, by: 12) { try canvases(shelf, $0, $1) }
    return ["error": tasks.total, "median": tasks.median, "canvas": canvas.total]
  }

  /// Each sample's error of one step from pure noise, and of leaving the context as it is, on what is to be edited.
  private func oneStepErrors(_ batch: TrainingBatch, _ generator: Generator) throws -> [(error: Double, copy: Double)] {
    let draw = NoiseDraw(
      sigmas: .ones([batch.count], device: device), noise: .randn(batch.target.shape, generator: generator).to(device))
    let painted = draw.noise - velocity.prediction(for: batch, draw, guidance: 1).to(.float32)
    let mask = batch.editedMask()
    func error(_ latents: Tensor) -> [Float] {
      ((latents - batch.target).power(2) * mask).sum(over: [1, 2]).array(of: Float.self)
    }
    return zip(error(painted), error(batch.context)).map { (Double($0), Double($1)) }
  }
}
