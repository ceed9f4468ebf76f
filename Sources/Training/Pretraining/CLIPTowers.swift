import LoRWeB
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A model folder's image encoder and CLIP text encoder, to be trained together.
///
/// The text encoder is used by its pooled vector alone once it is trained; the projection to the pictures' space, which only this
/// needs, lies beside its weights under CLIP's name for it.
public final class CLIPTowers {
  let vision: CLIPVisionModel
  let text: CLIPTextModel
  private let projection: Linear
  /// The text encoder's parameters with the projection's.
  let textRegistry: Registry
  private let tokenizer: CLIPTokenizer
  private let preprocessor: ImagePreprocessor

  /// - Parameter dtype: what both compute in.
  /// - Throws: `ModelFolderError`, `ModelError`, what reading throws.
  public init(_ source: any ModelSource, dtype: DType, device: Device = .cpu, seed: UInt64) throws {
    let visionShape: CLIPVisionConfig = try source.config(of: .imageEncoder)
    let textShape: CLIPTextConfig = try source.config(of: .textEncoder)
    vision = try load(
      from: TrainableSource(source.weights(of: .imageEncoder)), dtype: dtype, device: device, ignoring: CLIPVisionModel.ignores
    ) { try CLIPVisionModel($0, config: visionShape) }
    let texts = try source.weights(of: .textEncoder)
    (text, projection, textRegistry) = try load(
      from: TrainableSource(CompletedSource(texts, by: RandomSource(seed: seed))), dtype: dtype, device: device,
      ignoring: CLIPTextModel.ignores
    ) { scope in
      let model = try CLIPTextModel(scope, config: textShape)
      let linear = try Linear(
        scope["text_projection"], in: textShape.layers.width, out: visionShape.projectionWidth, bias: false)
      return (model, linear, scope.registry)
    }
    (tokenizer, preprocessor) = (try CLIPTokenizer(folder: source.vocabulary(of: .tokenizer)), try source.imagePreprocessor())
  }

  /// Embeddings [n, D] in fp32, not of unit length.
  func embeddings(of pictures: [Picture]) throws -> Tensor { try vision.embeddings(of: preprocessor(pictures)).to(.float32) }

  /// Embeddings [n, D] of instructions in fp32; rows are cut where the longest ends, which a causal encoder doesn't notice.
  func embeddings(of instructions: [String]) throws -> Tensor {
    let rows = instructions.map(tokenizer.encode)
    let longest = rows.map(\.count).max() ?? 0
    return try projection(text(rows.map { Array($0.ids.prefix(longest)) }).pooled).to(.float32)
  }
}
