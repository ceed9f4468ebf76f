import LoRWeB
import LoRWeBCheckpoints
import LoRWeBModels
import LoRWeBTorch

/// A model folder's transformer with the T5 that learns beside it, and CLIP's pooled text as it is.
public final class InstructedModel {
  let velocity: Velocity
  let text: T5Encoder
  let device: Device
  var transformer: FluxTransformer { velocity.transformer }
  private let tokenizer: T5Tokenizer
  private let pooledText: (String) throws -> Tensor
  private var pooled: [String: Tensor] = [:]

  /// - Parameters:
  ///   - start: where transformer and T5 begin.
  ///   - dtype: what both compute in.
  /// - Throws: `ModelFolderError`, `ModelError`, what reading throws.
  public init(
    _ source: any ModelSource, start: InstructionSettings.Start, dtype: DType, device: Device = .cpu, seed: UInt64
  ) throws {
    let shape: FluxConfig = try source.config(of: .transformer)
    let textShape: T5Config = try source.config(of: .textEncoder2)
    let isGiven = start == .given
    let weights: any WeightSource =
      isGiven ? try source.weights(of: .transformer) : try withTorchErrors { try CopyStart(shape, seed: seed) }
    let textSource: any WeightSource = isGiven ? try source.weights(of: .textEncoder2) : RandomSource(seed: seed)
    velocity = Velocity(
      try load(from: TrainableSource(weights), dtype: dtype, device: device) { try FluxTransformer($0, config: shape) })
    text = try load(from: TrainableSource(textSource), dtype: dtype, device: device, ignoring: T5Encoder.ignores) {
      try T5Encoder($0, config: textShape)
    }
    self.device = device
    tokenizer = try T5Tokenizer(folder: source.vocabulary(of: .tokenizer2))
    let (clipTokenizer, clipShape) = (
      try CLIPTokenizer(folder: source.vocabulary(of: .tokenizer)), try source.config(CLIPTextConfig.self, of: .textEncoder)
    )
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
    return (states, try concatenated(instructions.map(pooledVector), along: 0))
  }

  private func pooledVector(_ instruction: String) throws -> Tensor {
    if let known = pooled[instruction] { return known }
    let vector = try noGrad { try pooledText(instruction) }
    pooled[instruction] = vector
    return vector
  }
}
