import LoRWeBTorch

/// Time, guidance and pooled text as one conditioning vector (diffusers' CombinedTimestepGuidanceTextProjEmbeddings).
struct TimeTextEmbedding {
  /// Channels of the sinusoidal embedding, fixed by the architecture: no configuration names it.
  private static let frequencies = 256

  private let time: TwoLayers
  private let guidance: TwoLayers?
  private let text: TwoLayers

  init(_ scope: Scope, config: FluxConfig) throws {
    time = try TwoLayers(scope["timestep_embedder"], in: Self.frequencies, out: config.width)
    guidance = config.hasGuidance ? try TwoLayers(scope["guidance_embedder"], in: Self.frequencies, out: config.width) : nil
    text = try TwoLayers(scope["text_embedder"], in: config.pooledWidth, out: config.width)
  }

  var linears: [Linear] { [time, guidance, text].compactMap(\.self).flatMap(\.linears) }

  /// Conditioning [B, S, D] for S steps.
  ///
  /// Time and guidance enter times 1000 *in the model's type*: in bf16 that rounds 731.3 to 732 and 2500 to 2496, which moves the
  /// output far more than bf16 does elsewhere, and the reference does it (docs/method.md).
  /// - Parameters:
  ///   - timesteps: [B, S], 1 for pure noise to 0.
  ///   - guidance: [B].
  ///   - pooled: [B, P].
  func callAsFunction(timesteps: Tensor, guidance: Tensor, pooled: Tensor) -> Tensor {
    let (batch, steps, dtype) = (timesteps.size(0), timesteps.size(1), pooled.dtype)
    func embedded(_ values: Tensor, by layers: TwoLayers) -> Tensor {
      let scaled = values.to(dtype) * 1000
      return layers(Self.sinusoids(scaled.reshaped([-1])).to(dtype))
    }
    var conditioning = embedded(timesteps, by: time).reshaped([batch, steps, -1])
    if let layers = self.guidance { conditioning = conditioning + embedded(guidance, by: layers).unsqueezed(1) }
    return conditioning + text(pooled).unsqueezed(1)
  }

  /// [n] to [n, 256] in fp32, cosines first.
  private static func sinusoids(_ values: Tensor) -> Tensor {
    let half = frequencies / 2
    let exponents = Tensor.arange(to: Double(half), device: values.device) * (-9.210340371976184 / Double(half))  // -ln 10000
    let angles = values.to(.float32).unsqueezed(1) * exponents.exp().unsqueezed(0)
    return concatenated([angles.cos(), angles.sin()], along: 1)
  }
}

/// linear_1, SiLU, linear_2.
private struct TwoLayers {
  private let first, second: Linear

  init(_ scope: Scope, in inputs: Int, out width: Int) throws {
    first = try Linear(scope["linear_1"], in: inputs, out: width)
    second = try Linear(scope["linear_2"], in: width, out: width)
  }

  var linears: [Linear] { [first, second] }
  func callAsFunction(_ x: Tensor) -> Tensor { second(first(x).silu()) }
}
