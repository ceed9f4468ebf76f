import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

/// Sizes of a run, from shapes alone.
public struct TrainingSizes: Sendable, Equatable {
  public let baseParameters: Int
  /// In the basis, whether they learn or not.
  public let basisParameters: Int
  public let trainedParameters: Int
  /// Text, target and context tokens of one step's forward passes together.
  public let tokensPerStep: Int
  /// Bytes of base, basis, gradients, moments and the averages.
  public let stateBytes: Int
  /// A rough number of bytes for what a step keeps to compute gradients.
  public let activationBytes: Int

  /// Of a run whose weights needn't be there: from the configurations alone.
  ///
  /// - Parameters:
  ///   - encoderWidth: of the image encoder's embeddings.
  ///   - dtype: what the base would compute in.
  ///   - tokens: of one sample: text, target and context.
  /// - Throws: `ModelError` for a bad configuration; `AdapterError.badSettings`.
  public init(
    planning config: TrainingConfig, shape: FluxConfig, encoderWidth: Int, dtype: DType, tokens: Int
  ) throws {
    var sizes: TrainingSizes?
    _ = try plan { scope in
      let transformer = try FluxTransformer(scope, config: shape)
      let size = config.basis.size(encoderWidth: encoderWidth)
      let settings = config.basis.settings(encoder: "", width: encoderWidth)
      _ = try plan { scope in
        let basis = try LoRABasis(
          scope, layers: AdaptedLinear.all(in: transformer.registry), size: size, settings: settings,
          hasProjection: config.basis.projection)
        sizes = TrainingSizes(config, transformer: transformer, basis: basis, tokens: tokens, element: dtype.size)
      }
    }
    guard let sizes else { throw ModelError.badConfig("The transformer has no sizes.") }
    self = sizes
  }

  /// - Parameter tokens: of one sample: text, target and context.
  public init(_ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, tokens: Int) {
    let element = transformer.registry.parameters.first?.tensor.dtype.size ?? 4
    self.init(config, transformer: transformer, basis: basis, tokens: tokens, element: element)
  }

  private init(_ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, tokens: Int, element: Int) {
    let base = transformer.registry
    baseParameters = base.parameterCount
    basisParameters = basis.registry.parameterCount
    trainedParameters = basis.registry.parameters
      .filter { config.learn.includes(TrainedTensor.Kind(name: $0.name)) }
      .reduce(0) { $0 + $1.tensor.count }
    tokensPerStep = tokens * config.batch * config.accumulate
    let copies = config.average > 0 ? 4 : 3  // gradient, two moments and perhaps the average
    stateBytes = baseParameters * element + (basisParameters + copies * trainedParameters) * 4
    // A block keeps about 30 values a token and channel in the model's type, and N r in fp32 for each of its linears.
    let (width, blocks) = (transformer.config.width, transformer.blocks.count)
    let linears = max(basis.adapted.count / max(blocks, 1), 1)
    let rows = basis.size.count * basis.size.rank
    let block = tokens * config.batch * (30 * width * element + 2 * linears * (rows + width) * 4)
    activationBytes = config.recompute ? block + blocks * tokens * config.batch * width * element : blocks * block
  }
}
