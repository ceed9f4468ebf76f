import LoRWeB
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A model folder's transformer with the T5 that learns beside it, and CLIP's pooled text as it is.
public final class InstructedModel {
  let velocity: Velocity
  let text: T5Encoder
  let device: Device
  private let tokenizer: T5Tokenizer
  private let pooledText: (String) throws -> Tensor
  private var pooled: [String: Tensor] = [:]

  /// - Parameter dtype: what transformer and T5 compute in.
  /// - Throws: `ModelFolderError`, `ModelError`, what reading throws.
  public init(
    _ source: any ModelSource, start: InstructionSettings.Start, dtype: DType, device: Device = .cpu, seed: UInt64
  ) throws {
    let shape: FluxConfig = try source.config(of: .transformer)
    let textShape: T5Config = try source.config(of: .textEncoder2)
    let (weights, texts): (any WeightSource, any WeightSource) =
      start == .given
      ? (try source.weights(of: .transformer), try source.weights(of: .textEncoder2))
      : (try withTorchErrors { try CopyStart(shape, seed: seed) }, RandomSource(seed: seed))
    velocity = Velocity(
      try load(from: TrainableSource(weights), dtype: dtype, device: device) { try FluxTransformer($0, config: shape) })
    text = try load(from: TrainableSource(texts), dtype: dtype, device: device, ignoring: T5Encoder.ignores) {
      try T5Encoder($0, config: textShape)
    }
    self.device = device
    tokenizer = try T5Tokenizer(folder: source.vocabulary(of: .tokenizer2))
    let clipTokenizer = try CLIPTokenizer(folder: source.vocabulary(of: .tokenizer))
    let clipShape: CLIPTextConfig = try source.config(of: .textEncoder)
    let clip = try load(
      from: source.weights(of: .textEncoder), dtype: .float32, device: device, ignoring: CLIPTextModel.ignores
    ) { try CLIPTextModel($0, config: clipShape) }
    pooledText = { try clip([clipTokenizer.encode($0).ids]).pooled }
  }

  /// T5 states [n, T, width] with history, and pooled vectors [n, P] without; each instruction is encoded once.
  func encode(_ instructions: [String]) throws -> (states: Tensor, pooled: Tensor) {
    let different = Set(instructions).sorted()
    let places = Dictionary(uniqueKeysWithValues: different.enumerated().map { ($1, $0) })
    let indices = Tensor(instructions.map { places[$0] ?? 0 }).to(device)
    let states = try text(different.map { tokenizer.encode($0).ids }).entries(indices, along: 0)
    for new in different where pooled[new] == nil { pooled[new] = try noGrad { try pooledText(new) } }
    return (states, concatenated(instructions.compactMap { pooled[$0] }, along: 0))
  }
}
