import LoRWeBTorch

/// Normalisation, activation and convolution at the end of either way.
struct PictureExit {
  private let norm: GroupNorm
  private let convolution: Conv2d

  init(_ scope: Scope, in inputs: Int, out outputs: Int, groups: Int) throws {
    norm = try GroupNorm(scope["conv_norm_out"], groups: groups, channels: inputs, epsilon: AutoencoderConfig.epsilon)
    convolution = try Conv2d(scope["conv_out"], in: inputs, out: outputs, kernel: 3, padding: 1)
  }

  func callAsFunction(_ x: Tensor, _ bands: Bands) -> Tensor {
    let normalised = bands.normalisation(norm, of: x)
    return bands.map(x) { convolution(normalised($0).silu()) }
  }
}
