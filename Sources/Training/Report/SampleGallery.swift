import Foundation
import LoRWeB
import LoRWeBAnalogyData
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A few analogies painted as a run goes on, as an edit paints; kept in the run's `samples`, `1-a.jpg` and so on. Their given
/// pictures are read once.
public final class SampleGallery {
  /// The picture of an analogy that isn't painted, in the order of the canvas.
  static let given = ["a", "aPrime", "b", "bPrime"]

  private let pictures: PictureData
  private let transformer: FluxTransformer
  /// Each sample's given pictures as they lie in files.
  private var givenFiles: [[Data]] = []

  /// The pictures must be filled for their samples at least; the transformer is the `heldTransformer` of their model.
  public init(_ pictures: PictureData, transformer: FluxTransformer) {
    (self.pictures, self.transformer) = (pictures, transformer)
  }

  /// Paints every sample with a checkpoint's own basis file, which is what an edit would use. Files that are there already with
  /// the same bytes stay as they are.
  public func paint(_ checkpoint: RunFolder.Checkpoint, in run: RunFolder) throws {
    try FileManager.default.createDirectory(at: run.samples, withIntermediateDirectories: true)
    let basis = try BasisFile(checkpoint.url.appending(path: CheckpointFiles.basis)).basis(device: pictures.model.device)
    func write(_ file: Data, _ name: String) throws {
      let url = run.samples.appending(path: name)
      if (try? Data(contentsOf: url)) != file { try file.writeDurably(to: url) }
    }
    if givenFiles.isEmpty {
      givenFiles = try pictures.samples.map { sample in
        try pictures.features.canvas(of: sample.quadruple).quarters().map { try $0.encoded(as: .jpeg) }
      }
    }
    for ((index, sample), given) in zip(pictures.samples.enumerated(), givenFiles) {
      for (name, file) in zip(Self.given, given) { try write(file, "\(index + 1)-\(name).jpg") }
      let painting = try painted(sample, basis: basis).encoded(as: .jpeg)
      try write(painting, "\(index + 1)-\(checkpoint.url.lastPathComponent).jpg")
    }
  }

  /// b′ as the model paints it with a basis, or without.
  public func painted(_ sample: AnalogySample, basis: LoRABasis?) throws -> Picture {
    let model = pictures.model
    let painting = try computed { try model.picture(of: latents(sample, basis, model)) }
    let (x, y) = (painting.width / 2, painting.height / 2)
    return try painting.cropped(to: PictureRectangle(x: x, y: y, width: painting.width - x, height: painting.height - y))
  }

  private func latents(_ sample: AnalogySample, _ basis: LoRABasis?, _ model: LoadedModel) throws -> Tensor {
    let inputs = try pictures.inputs(of: sample)
    func moved(_ tensor: Tensor) -> Tensor { tensor.to(device: model.device, dtype: model.dtype) }
    let (context, factor) = (moved(inputs.context), try model.spatialFactor())
    let adapter = try basis.map { basis in
      let mix = Mix(basis: basis, query: inputs.query.to(model.device))
      let rank = basis.size.count * basis.size.rank
      return FittedAdapter(mix, try mix.fit(transformer.registry), key: [sample.quadruple.id, basis.location], rank: rank)
    }
    let painting = Painting(
      context: context, target: PictureSize(width: factor * context.size(3), height: factor * context.size(2)),
      factor: factor, conditioning: [Conditioning(text: moved(inputs.text.states), pooled: moved(inputs.text.pooled))],
      seeds: [0], steps: model.usage.sampling.steps, guidance: model.usage.sampling.guidance)
    return try model.paint(painting, with: adapter, as: .attach) { _ in try Task.checkCancellation() }
  }
}
