import LoRWeBAnalogyData
import LoRWeBModels
import LoRWeBTorch

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
      trained: TrainedTensor.all(of: model.transformer.registry) + TrainedTensor.all(of: model.text.registry, prefix: "text."),
      accumulate: { step, generator in
        let drawn = settings.draw(step, of: config.steps)
        let places = (drawn.start..<drawn.start + drawn.count).map { drawn.isCanvas ? canvases[$0] : pairs[$0] }
        let chances = Tensor.rand([drawn.count], generator: generator).array(of: Float.self)
        let unchanged = chances.map { Double($0) < settings.identity }
        let batch =
          try drawn.isCanvas
          ? model.canvases(shelf, places, unchanged: unchanged) : model.singles(shelf, places, unchanged: unchanged)
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
  fileprivate func singles(_ shelf: LatentShelf, _ places: [Int], unchanged: [Bool]) throws -> TrainingBatch {
    let before = places.map { (analogy: $0 / 2, picture: 2 * ($0 % 2)) }
    let after = zip(before, unchanged).map { (analogy: $0.analogy, picture: $0.picture + ($1 ? 0 : 1)) }
    let texts = try encode(zip(before, unchanged).map { $1 ? "" : shelf.quadruples[$0.analogy].instruction })
    return try TrainingBatch(
      target: shelf.latents(after), context: shelf.latents(before), rows: shelf.rows, columns: shelf.columns, edited: .whole,
      text: texts.states, pooled: texts.pooled, query: texts.pooled
    ).to(device)
  }

  fileprivate func canvases(_ shelf: LatentShelf, _ places: [Int], unchanged: [Bool]) throws -> TrainingBatch {
    let texts = try encode(zip(places, unchanged).map { $1 ? "" : shelf.quadruples[$0].instruction })
    return try shelf.batch(
      places.map { shelf.quadruples[$0] }, isCanvas: true, unchanged: unchanged, text: texts.states, pooled: texts.pooled,
      query: texts.pooled
    ).to(device)
  }

  fileprivate func errors(_ shelf: LatentShelf, _ settings: InstructionSettings) throws -> [String: Double] {
    var (tasks, canvas) = (ErrorRatios(), ErrorRatios())
    let count = min(settings.measured, shelf.quadruples.count)
    let generator = try Generator(seed: 5)
    for start in stride(from: 0, to: count, by: 48) {
      let analogies = Array(start..<min(start + 48, count))
      let batch = try singles(shelf, analogies.map { 2 * $0 + 1 }, unchanged: analogies.map { _ in false })
      tasks.add(try oneStepErrors(batch, generator), of: analogies.map { shelf.quadruples[$0].task })
    }
    for start in stride(from: 0, to: count / 6, by: 12) {
      let analogies = Array(start..<min(start + 12, count / 6))
      let batch = try canvases(shelf, analogies, unchanged: analogies.map { _ in false })
      canvas.add(try oneStepErrors(batch, generator), of: analogies.map { shelf.quadruples[$0].task })
    }
    return ["error": tasks.total, "median": tasks.median, "canvas": canvas.total]
  }

  /// Each sample's error of one step from pure noise, and of leaving the context as it is, on what is to be edited.
  private func oneStepErrors(_ batch: TrainingBatch, _ generator: Generator) throws -> [(error: Double, copy: Double)] {
    let draw = NoiseDraw(
      sigmas: .ones([batch.count], device: device), noise: .randn(batch.target.shape, generator: generator).to(device))
    let painted = draw.noise - velocity(batch, draw, guidance: 1).to(.float32)
    let mask = batch.editedMask()
    func error(_ latents: Tensor) -> [Float] {
      ((latents - batch.target).power(2) * mask).sum(over: [1, 2]).array(of: Float.self)
    }
    return zip(error(painted), error(batch.context)).map { (Double($0), Double($1)) }
  }
}

/// Errors of samples over those of leaving them as they are.
struct ErrorRatios {
  private var sums: [String: (error: Double, copy: Double)] = [:]

  mutating func add(_ samples: [(error: Double, copy: Double)], of tasks: [String]) {
    for (sample, task) in zip(samples, tasks) {
      let sum = sums[task] ?? (0, 0)
      sums[task] = (sum.error + sample.error, sum.copy + sample.copy)
    }
  }

  /// Of all samples together, so that large changes weigh most.
  var total: Double { sums.values.reduce(0) { $0 + $1.error } / max(sums.values.reduce(0) { $0 + $1.copy }, 1e-12) }

  /// Of each task, in the middle.
  var median: Double {
    let ratios = sums.values.map { $0.error / max($0.copy, 1e-12) }.sorted()
    return ratios.isEmpty ? 0 : ratios[ratios.count / 2]
  }
}
