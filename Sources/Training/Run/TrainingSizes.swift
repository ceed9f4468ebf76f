import LoRWeBAdapters
import LoRWeBModels
import LoRWeBTorch

/// Sizes of a run, from shapes alone.
public struct TrainingSizes: Sendable, Equatable {
  /// Those of the basis are counted whether they learn or not.
  public let baseParameters, basisParameters, trainedParameters: Int
  /// Text, target and context tokens of one step's forward passes together.
  public let tokensPerStep: Int
  /// Bytes of base, basis, gradients, moments and the averages.
  public let stateBytes: Int
  /// A rough number of bytes for what a step keeps to compute gradients.
  public let activationBytes: Int

  /// - Parameter tokens: of one sample: text, target and context.
  public init(_ config: TrainingConfig, transformer: FluxTransformer, basis: LoRABasis, tokens: Int) {
    self.init(
      config, shape: transformer.config, base: transformer.registry.parameters.map(\.request),
      basis: basis.registry.parameters.map(\.request), adapted: basis.adapted.count, size: basis.size,
      element: transformer.dtype.size, tokens: tokens)
  }

  /// Of a run whose weights needn't be there: from the configurations alone.
  /// - Parameter dtype: what the base would compute in.
  /// - Throws: `ModelError` for a bad configuration; `AdapterError.badSettings`.
  public init(planning config: TrainingConfig, shape: FluxConfig, encoderWidth: Int, dtype: DType, tokens: Int) throws {
    let layers = try AdaptedLinear.all(in: shape)
    let size = config.basis.size(encoderWidth: encoderWidth)
    let basis = try plan {
      try LoRABasis(
        $0, layers: layers, size: size, settings: config.basis.settings(encoder: "", width: encoderWidth),
        hasProjection: config.basis.projection)
    }
    self.init(
      config, shape: shape, base: try plan { try FluxTransformer($0, config: shape) }, basis: basis, adapted: layers.count,
      size: size, element: dtype.size, tokens: tokens)
  }

  private init(
    _ config: TrainingConfig, shape: FluxConfig, base: [WeightRequest], basis: [WeightRequest], adapted: Int,
    size: BasisSize, element: Int, tokens: Int
  ) {
    func count(_ requests: [WeightRequest]) -> Int { requests.reduce(0) { $0 + $1.shape.reduce(1, *) } }
    baseParameters = count(base)
    basisParameters = count(basis)
    trainedParameters = count(basis.filter { config.learn.includes(TrainedTensor.Kind(name: $0.name)) })
    tokensPerStep = tokens * config.batch * config.accumulate
    let copies = config.average > 0 ? 4 : 3  // gradient, two moments and perhaps the average
    stateBytes = baseParameters * element + (basisParameters + copies * trainedParameters) * 4
    // A block keeps about 30 values a token and channel in the model's type, and N r in fp32 for each of its linears.
    let (width, blocks) = (shape.width, shape.doubleBlocks + shape.singleBlocks)
    let linears = max(adapted / max(blocks, 1), 1)
    let rows = size.count * size.rank
    let block = tokens * config.batch * (30 * width * element + 2 * linears * (rows + width) * 4)
    activationBytes = config.recompute ? block + blocks * tokens * config.batch * width * element : blocks * block
  }
}
