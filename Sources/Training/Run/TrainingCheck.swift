import Foundation
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// The ladder before a long run: 100 steps on two batches again and again, aside of the run, with something to be seen on each rung.
public struct TrainingCheck {
  /// One thing that must hold.
  public struct Rung: Codable, Sendable, Equatable {
    public let name: String
    public let hasPassed: Bool
    /// What was found, with figures.
    public let finding: String

    init(_ name: String, _ hasPassed: Bool, _ finding: String) {
      (self.name, self.hasPassed, self.finding) = (name, hasPassed, finding)
    }
  }

  /// Batches of the run's data that it trains on.
  public static let batches = 2
  private static let (few, steps, bands) = (20, 100, 4)

  private var config: TrainingConfig
  private let transformer: FluxTransformer
  private let data: TrainingData
  private let pictures: PictureData?

  /// Of `data` the first `batches` batches are used; without pictures the rung that paints one is left out.
  public init(_ config: TrainingConfig, transformer: FluxTransformer, data: TrainingData, pictures: PictureData?) {
    (self.config, self.transformer, self.data, self.pictures) = (config, transformer, data, pictures)
    (self.config.steps, self.config.saveEvery, self.config.keepLast, self.config.accumulate) = (Self.steps, Self.few, 1, 1)
  }

  /// Trains the basis that the run would begin with, and looks; its checkpoints are left in `scratch`.
  /// - Throws: what a run and `progress` throw.
  public func climb(
    from basis: LoRABasis, in scratch: URL, progress: (_ step: Int, _ of: Int) throws -> Void = { _, _ in }
  ) throws -> CheckResult {
    let generator = try Generator(seed: config.seed)
    let fixed = try (0..<Self.batches).map { _ in try data.next(config.batch, generator).to(transformer.device) }
    let run = try TrainingRun(
      config, transformer: transformer, basis: basis, data: repeated(fixed), folder: RunFolder(scratch.appending(path: "run")))
    let start = try withTorchErrors { basis.registry.parameters.map { $0.tensor.detach().clone() } }
    let before = try errorsByBand(basis, fixed)
    var rungs: [Rung] = []
    while let metrics = try run.next()?.metrics {
      try progress(metrics.step, Self.steps)
      let figures = String(format: "loss %.4f, gradients' norm %.3g", metrics.loss, metrics.gradientNorm)
      switch metrics.step {
      case 1: rungs.append(Rung("1 step", metrics.gradientNorm > 0, figures))
      case Self.few, Self.steps: rungs.append(Rung("\(metrics.step) steps", true, figures))
      default: break
      }
      if metrics.step == Self.few { rungs.append(try savedAndReloaded(run, fixed, scratch)) }
    }
    rungs += try [moved(basis, from: start), learned(basis), bands(before, errorsByBand(basis, fixed))]
    guard let pictures, let sample = pictures.samples.first else { return CheckResult(rungs: rungs, pictures: []) }
    let gallery = SampleGallery(pictures, transformer: transformer)
    let (without, with) = (try gallery.painted(sample, basis: nil), try gallery.painted(sample, basis: basis))
    rungs.append(changed(without, with))
    let quarters = try pictures.features.canvas(of: sample.quadruple).quarters()
    return CheckResult(rungs: rungs, pictures: zip(CheckResult.columns, quarters + [without, with]).map { ($0, $1) })
  }

  private func repeated(_ fixed: [TrainingBatch]) -> TrainingData {
    var index = 0
    return TrainingData(
      next: { _, _ in
        defer { index += 1 }
        return fixed[index % fixed.count]
      },
      position: { try index.readableJSON() }, restore: { index = try JSONDecoder().decode(Int.self, from: $0) })
  }

  /// A checkpoint read and written again has the same bytes.
  private func savedAndReloaded(_ run: TrainingRun<BasisObjective>, _ fixed: [TrainingBatch], _ scratch: URL) throws -> Rung {
    let folder = try RunFolder(scratch.appending(path: "reloaded"))
    guard let saved = try run.folder.checkpoints().last,
      let again = try TrainingRun(resuming: saved, transformer: transformer, data: repeated(fixed), folder: folder).save()
    else { return Rung("save and reload", false, "no checkpoint was written") }
    let names = try FileManager.default.contentsOfDirectory(atPath: saved.url.path(percentEncoded: false)).sorted()
    let different = try names.filter { file in
      try Data(contentsOf: again.url.appending(path: file)) != Data(contentsOf: saved.url.appending(path: file))
    }
    return Rung(
      "save and reload", different.isEmpty,
      different.isEmpty ? "\(names.count) files come back with the same bytes" : "\(different.joined(separator: ", ")) differ")
  }

  private func moved(_ basis: LoRABasis, from start: [Tensor]) throws -> Rung {
    let trained = try withTorchErrors {
      zip(basis.registry.parameters, start).filter { $0.0.tensor.requiresGrad }
        .map { (name: $0.0.name, distance: $0.0.tensor.detach().distance(to: $0.1)) }
    }
    let still = trained.filter { !($0.distance > 0) }
    let least = trained.map(\.distance).min() ?? 0
    let finding =
      still.first.map { "\(still.count) of \(trained.count) trained tensors stayed as they were, such as \($0.name)" }
      ?? String(format: "all %d trained tensors moved, each by %.2g or more somewhere", trained.count, least)
    return Rung("trained tensors moved", still.isEmpty && !trained.isEmpty, finding)
  }

  private func learned(_ basis: LoRABasis) throws -> Rung {
    let largest = try withTorchErrors { basis.layers.mapValues { $0.loraB.detach().magnitude().maximum().item() } }
    let zero = largest.filter { !($0.value > 0) }.keys.sorted()
    let finding =
      zero.first.map { "\(zero.count) of \(largest.count) layers' B are still zero, such as \($0)" }
      ?? String(format: "the largest value of a layer's B is %.2g or more", largest.values.min() ?? 0)
    return Rung("B no longer zero", zero.isEmpty && !largest.isEmpty, finding)
  }

  private func bands(_ before: [Double], _ after: [Double]) -> Rung {
    let figures = zip(before, after).enumerated().map { index, pair in
      String(format: "σ to %.2f: %.4f → %.4f", Double(index + 1) / Double(Self.bands), pair.0, pair.1)
    }
    return Rung("loss falls in each noise band", zip(before, after).allSatisfy { $1 < $0 }, figures.joined(separator: ", "))
  }

  private func changed(_ without: Picture, _ with: Picture) -> Rung {
    let differences = zip(without.pixels, with.pixels).map { abs(Int($0) - Int($1)) }
    let mean = Double(differences.reduce(0, +)) / Double(max(differences.count, 1))
    return Rung(
      "the basis changes a picture", mean > 0,
      String(format: "by %.2f levels of 255 on average, by %d at most", mean, differences.max() ?? 0))
  }

  /// The mean error on the batches in each quarter of the noise levels, with the same noise each time.
  private func errorsByBand(_ basis: LoRABasis, _ batches: [TrainingBatch]) throws -> [Double] {
    let (step, device) = (try TrainingStep(config, transformer: transformer, basis: basis), transformer.device)
    return try withTorchErrors {
      let generator = try Generator(seed: config.seed)
      return try (0..<Self.bands).map { band in
        let errors = try batches.map { batch in
          let sigmas = (Tensor.rand([batch.count], generator: generator) + Double(band)) / Double(Self.bands)
          let noise = Tensor.randn(batch.target.shape, generator: generator)
          return try step.errors(batch, NoiseDraw(sigmas: sigmas.to(device), noise: noise.to(device))).mean().item()
        }
        return errors.reduce(0, +) / Double(max(errors.count, 1))
      }
    }
  }
}

/// What a check before a run found.
public struct CheckResult: Sendable {
  static let columns = ["a", "a′", "b", "true b′", "without the basis", "with the basis"]

  public let rungs: [TrainingCheck.Rung]
  /// One analogy, and what was painted of it.
  public let pictures: [(name: String, picture: Picture)]

  public var hasPassed: Bool { rungs.allSatisfy(\.hasPassed) }

  /// Writes `check.html` into a run's folder, which is made if there is none.
  func write(to run: RunFolder) throws {
    var page = HTMLPage(title: "Check before the run \(run.url.standardizedFileURL.lastPathComponent)")
    page.table(
      head: ["Rung", "", "Found"],
      rows: rungs.map { rung in
        let mark = rung.hasPassed ? #"<span class="passed">passed</span>"# : #"<span class="failed">failed</span>"#
        return [HTMLPage.escaped(rung.name), mark, HTMLPage.escaped(rung.finding)]
      })
    if !pictures.isEmpty {
      page.text("One analogy", "h2")
      let images = try pictures.map { HTMLPage.image(try $0.picture.encoded(as: .jpeg), $0.name) }
      page.table(head: pictures.map(\.name), rows: [images])
    }
    try run.make()
    try page.write(to: run.url.appending(path: "check.html"))
  }
}
