import Foundation
import LoRWeB
import LoRWeBAdapters
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBPictures
import LoRWeBTorch

/// A few analogies painted as a run goes on, by the sampling an edit uses; kept in the run's `samples`, `1-a.jpg` and so on.
///
/// What all checkpoints share is made once: the files of what is given, and the autoencoder, which stays in memory.
public final class SampleGallery {
  /// The picture of an analogy that isn't painted, in the order of the canvas.
  static let given = ["a", "aPrime", "b", "bPrime"]

  public let pictures: PictureData
  public let transformer: FluxTransformer
  public let samples: [AnalogySample]
  /// Each sample's given pictures as they lie in files.
  private var givenFiles: [[Data]]?
  private var decode: ((Tensor) throws -> Picture)?

  /// - Parameter pictures: filled at least for `samples`.
  public init(_ pictures: PictureData, transformer: FluxTransformer, samples: [AnalogySample]) {
    (self.pictures, self.transformer, self.samples) = (pictures, transformer, samples)
  }

  /// Paints every sample with a checkpoint's own basis file, which is what an edit would use. Files that are there already with
  /// the same bytes stay as they are.
  ///
  /// - Throws: what sampling and writing throw.
  public func paint(_ checkpoint: RunFolder.Checkpoint, in run: RunFolder) throws {
    let place = run.samples
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    let basis = try BasisFile(checkpoint.url.appending(path: CheckpointFiles.basis)).basis(device: transformer.device)
    for ((index, sample), given) in zip(samples.enumerated(), try filesOfGiven()) {
      for (name, file) in zip(Self.given, given) { try write(file, to: place.appending(path: "\(index + 1)-\(name).jpg")) }
      let painting = try painted(sample, basis: basis).encoded(as: .jpeg)
      try write(painting, to: place.appending(path: "\(index + 1)-\(checkpoint.url.lastPathComponent).jpg"))
    }
  }

  private func filesOfGiven() throws -> [[Data]] {
    if let givenFiles { return givenFiles }
    let files = try samples.map { sample in
      try pictures.features.canvas(of: sample.quadruple).quarters().map { try $0.encoded(as: .jpeg) }
    }
    givenFiles = files
    return files
  }

  private func write(_ file: Data, to url: URL) throws {
    if (try? Data(contentsOf: url)) != file { try file.writeDurably(to: url) }
  }

  /// b′ as the model paints it with a basis, or without.
  public func painted(_ sample: AnalogySample, basis: LoRABasis?) throws -> Picture {
    let decode = try self.decode ?? pictures.encoders.pictures()
    self.decode = decode
    let (latents, grid) = try withTorchErrors { try noGrad { try self.latents(sample, basis) } }
    let painting = try decode(try withTorchErrors { grid.latents(latents) })
    let (x, y) = (painting.width / 2, painting.height / 2)
    return try painting.cropped(
      to: PictureRectangle(x: x, y: y, width: painting.width - x, height: painting.height - y))
  }

  private func latents(_ sample: AnalogySample, _ basis: LoRABasis?) throws -> (Tensor, LatentGrid) {
    let folder = pictures.encoders.folder
    let dtype = transformer.dtype
    let inputs = try pictures.inputs(of: sample)
    let device = transformer.device
    let context = inputs.context.to(device: device, dtype: dtype)
    let grid = LatentGrid(channels: context.size(1), height: context.size(2), width: context.size(3))
    let mix = basis.map { Mix(basis: $0, query: inputs.query.to(device)) }
    let attachment = try mix.map { try $0.attach(to: transformer.registry.deltas, $0.fit(transformer.registry)) }
    defer { attachment?.takeOff() }
    let schedule = try FlowSchedule(
      steps: folder.usage.sampling.steps, tokens: grid.tokens, config: folder.config(.scheduler, "scheduler_config.json"))
    var denoiser = Denoiser(
      transformer, schedule: schedule, noise: try grid.noise(seed: 0, dtype: dtype).to(device),
      positions: grid.positions(index: 0).to(device),
      context: [LatentGrid.contextGroup(context)], text: inputs.text.states.to(device: device, dtype: dtype),
      pooled: inputs.text.pooled.to(device: device, dtype: dtype),
      guidance: folder.usage.sampling.guidance)
    while denoiser.step() { try Task.checkCancellation() }
    return (denoiser.sample, grid)
  }
}
