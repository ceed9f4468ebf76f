import LoRWeBTorch

/// Twice normalisation, activation and convolution, added to the input (diffusers' ResnetBlock2D without time).
struct ResidualBlock {
  private let firstNorm, secondNorm: GroupNorm
  private let firstConvolution, secondConvolution: Conv2d
  /// Only where the width changes.
  private let shortcut: Conv2d?

  init(_ scope: Scope, in inputs: Int, out outputs: Int, groups: Int) throws {
    firstNorm = try GroupNorm(scope["norm1"], groups: groups, channels: inputs, epsilon: AutoencoderConfig.epsilon)
    firstConvolution = try Conv2d(scope["conv1"], in: inputs, out: outputs, kernel: 3, padding: 1)
    secondNorm = try GroupNorm(scope["norm2"], groups: groups, channels: outputs, epsilon: AutoencoderConfig.epsilon)
    secondConvolution = try Conv2d(scope["conv2"], in: outputs, out: outputs, kernel: 3, padding: 1)
    shortcut = inputs == outputs ? nil : try Conv2d(scope["conv_shortcut"], in: inputs, out: outputs, kernel: 1)
  }

  /// [B, in, H, W] to [B, out, H, W].
  func callAsFunction(_ x: Tensor, _ bands: Bands) -> Tensor {
    let normalisedInput = bands.normalisation(firstNorm, of: x)
    let hidden = bands.map(x) { firstConvolution(normalisedInput($0).silu()) }
    let normalisedHidden = bands.normalisation(secondNorm, of: hidden)
    return bands.map([x, hidden]) { parts in
      (shortcut?(parts[0]) ?? parts[0]) + secondConvolution(normalisedHidden(parts[1]).silu())
    }
  }
}

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
